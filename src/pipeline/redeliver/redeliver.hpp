// A person asks for one delivery to be tried again now (pipeline.md §9, api.md §10).
#pragma once

#include "base/deadline.hpp"
#include "base/id.hpp"
#include "base/shards.hpp"
#include "base/task.hpp"
#include "pipeline/redeliver/cancellations.hpp"
#include "ports/ledger.hpp"
#include "ports/log_reader.hpp"

#include <expected>
#include <optional>

namespace outpost::pipeline {

class TenantViews;

enum class RetryRefusal {
    event_not_found,        ///< 404: no such event, or not this tenant's, or never for this destination
    destination_not_found,  ///< 404: never existed or deleted
    destination_disabled,   ///< 400
    destination_mismatch,   ///< 400: topic or filter no longer match
    unavailable,            ///< 503: could not be stored; nothing was promised
};

/// One a shard; used on that shard only.
class Redeliver {
public:
    /// @param owners  one a shard, all of them: a request about a delivery runs where its destination lives
    Redeliver(TenantViews& views, ports::LogReader& log, ports::Ledger& ledger, Clock& clock, const Shards& shards,
              std::vector<DeliveryOwner> owners)
        : views_(views), log_(log), ledger_(ledger), clock_(clock), shards_(shards), owners_(std::move(owners)) {}

    /// The promise is durable when it returns without refusal.
    /// @param scope  the tenant of the caller; none for the API key
    Task<std::expected<void, RetryRefusal>> retry(std::optional<TenantId> scope, EventId event,
                                                  DestinationId destination, Deadline deadline);
    /// The same by its inner name, whoever chose it and whether or not the event was ever accepted for the destination:
    /// nothing is asked of either. The promise is durable when it returns without error; repeating it is harmless.
    /// @param reason  of the decision in the log: "requested", "recover", "bulk"
    /// @return not_found: the event is not stored any more; unavailable, timeout: it may have been promised
    Task<Result<void>> again(model::DeliveryKey key, std::string reason, Deadline deadline);

private:
    TenantViews& views_;
    ports::LogReader& log_;
    ports::Ledger& ledger_;
    Clock& clock_;
    const Shards& shards_;
    std::vector<DeliveryOwner> owners_;
};

}  // namespace outpost::pipeline
