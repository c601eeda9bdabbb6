// Long work that a person asked for: recover and bulk retry, with its progress (portal.md §15a N4).
#pragma once

#include "base/deadline.hpp"
#include "base/id.hpp"
#include "base/result.hpp"
#include "base/task.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace outpost::ports {

using TaskId = Id<struct TaskIdTag>;

inline constexpr std::size_t kUnfinishedTasksPerTenantMax = 16;  ///< queued or running; one more is refused
inline constexpr std::size_t kFinishedTasksPerTenantMax = 100;   ///< the newest ones are kept
inline constexpr std::size_t kTasksListedMax = 100;              ///< of one list
inline constexpr std::size_t kUnfinishedTasksReadMax = 1'000;    ///< of one call of unfinished()
inline constexpr auto kFinishedTasksKept = std::chrono::days(30);

enum class TaskState { queued, running, completed, cancelled, failed };

/// Its name in the API.
std::string_view to_string(TaskState state);
/// @return none for any other text
std::optional<TaskState> parse_task_state(std::string_view text);
inline bool is_finished(TaskState state) {
    return state != TaskState::queued && state != TaskState::running;
}

/// How far a task has come.
struct TaskProgress {
    std::optional<std::uint64_t> total;  ///< deliveries that it is about; none: not known
    std::uint64_t done = 0;              ///< promised to be delivered again
    std::uint64_t failed = 0;            ///< could not be promised
    std::uint64_t skipped = 0;           ///< not wanted any more when their turn came
    std::string cursor;                  ///< where to go on; opaque to the store

    bool operator==(const TaskProgress&) const = default;
};

struct TaskRecord {
    TaskId id;
    std::string type;  ///< "recover" or "bulk_retry"; opaque to the store
    TenantId tenant_id;
    TaskState state = TaskState::queued;
    TimePoint created_at;
    std::optional<TimePoint> started_at;
    std::optional<TimePoint> finished_at;
    TaskProgress progress;
    std::string parameters;  ///< JSON object, as it is shown
    std::string work;        ///< what is not shown: a list of deliveries. Empty in lists, and once the task has ended
    std::string error;       ///< why it failed

    bool operator==(const TaskRecord&) const = default;
};

/// Newest first.
struct TaskQuery {
    std::vector<TenantId> tenants;  ///< empty: all
    std::size_t limit = kTasksListedMax;
};

/// Any shard. Writes are durable when they return; repeating one is harmless. unavailable and timeout are possible
/// everywhere.
class TaskStore {
public:
    virtual ~TaskStore() = default;

    /// Stores a queued task, and forgets what ended longer than kFinishedTasksKept ago, and of this tenant all ended
    /// ones but the newest kFinishedTasksPerTenantMax. @return limited: the tenant has kUnfinishedTasksPerTenantMax;
    /// conflict: the id is taken
    virtual Task<Result<void>> create(TaskRecord task, Deadline deadline) = 0;
    /// @return not_found, also for another tenant's when `tenant` is given
    virtual Task<Result<TaskRecord>> find(std::optional<TenantId> tenant, TaskId id, Deadline deadline) = 0;
    /// At most kTasksListedMax.
    virtual Task<Result<std::vector<TaskRecord>>> list(TaskQuery query, Deadline deadline) = 0;
    /// Queued and running ones, oldest first, at most kUnfinishedTasksReadMax; without `work`.
    virtual Task<Result<std::vector<TaskRecord>>> unfinished(Deadline deadline) = 0;
    /// A queued one becomes running; one that runs already (after a restart) stays as it is.
    /// @return the task with its `work`; not_found; conflict: it has ended
    virtual Task<Result<TaskRecord>> begin(TaskId id, TimePoint now, Deadline deadline) = 0;
    /// Replaces the progress, whatever the state: what was done before a cancellation counts too.
    /// @return the state; not_found
    virtual Task<Result<TaskState>> report(TaskId id, TaskProgress progress, Deadline deadline) = 0;
    /// Ends a running task, with its last progress. One that has ended (was cancelled) keeps its state.
    /// @param state  completed or failed. @return not_found
    virtual Task<Result<void>> finish(TaskId id, TaskState state, TaskProgress progress, std::string error,
                                      TimePoint now, Deadline deadline) = 0;
    /// One that has ended stays as it is. @return as it is then; not_found, also for another tenant's
    virtual Task<Result<TaskRecord>> cancel(std::optional<TenantId> tenant, TaskId id, TimePoint now,
                                            Deadline deadline) = 0;
};

}  // namespace outpost::ports
