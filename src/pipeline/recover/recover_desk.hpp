// Takes requests for recovery and bulk retry, and tells how they fare (portal.md §15a N4).
#pragma once

#include "base/id_generator.hpp"
#include "pipeline/recover/scanner.hpp"

#include <expected>
#include <functional>

namespace outpost::pipeline {

enum class RecoverRefusal {
    tenant_not_found,       ///< 404
    destination_not_found,  ///< 404: the one that the request is about never existed or was deleted
    destination_disabled,   ///< 400
    too_many_tasks,         ///< 429: the tenant has ports::kUnfinishedTasksPerTenantMax
    unavailable,            ///< 503: could not be read or stored
};

/// Whom to tell of what the store knows already. Called on any shard.
struct TaskNews {
    std::function<void()> created;
    std::function<void(ports::TaskId)> cancelled;
};

/// One a shard; used on that shard only.
class RecoverDesk {
public:
    RecoverDesk(TenantViews& views, ports::LogReader& log, ports::TaskStore& tasks, Clock& clock, TaskNews news);

    /// Stores the task; the runner takes it up. Durable when it returns without refusal. An `until` in the future
    /// becomes now; so does `since` of a list.
    Task<std::expected<ports::TaskRecord, RecoverRefusal>> start(RecoverRequest request, Deadline deadline);
    /// What start() would do now, without doing it. Within kEstimateRowsMax and kEstimateTimeMax.
    Task<std::expected<Estimate, RecoverRefusal>> estimate(RecoverRequest request, Deadline deadline);

    /// @return unavailable; timeout
    Task<Result<std::vector<ports::TaskRecord>>> list(ports::TaskQuery query, Deadline deadline);
    /// @param scope  the tenant of the caller; none for the API key. @return not_found, also for another tenant's
    Task<Result<ports::TaskRecord>> find(std::optional<TenantId> scope, ports::TaskId id, Deadline deadline);
    /// No further promise is made; what was promised is delivered. Granted also when it has ended. Durable.
    /// @return as find
    Task<Result<ports::TaskRecord>> cancel(std::optional<TenantId> scope, ports::TaskId id, Deadline deadline);

private:
    Task<std::expected<void, RecoverRefusal>> check(TenantId tenant, DestinationId destination, Deadline deadline);
    void fix_times(RecoverRequest& request) const;

    TenantViews& views_;
    Scanner scanner_;
    ports::TaskStore& tasks_;
    Clock& clock_;
    TaskNews news_;
    IdGenerator ids_;
};

}  // namespace outpost::pipeline
