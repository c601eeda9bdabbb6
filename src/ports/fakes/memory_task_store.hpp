// A TaskStore in memory.
#pragma once

#include "ports/task_store.hpp"

namespace outpost::ports::fakes {

/// All shards on one thread. Survives what tests call a restart.
class MemoryTaskStore final : public TaskStore {
public:
    Task<Result<void>> create(TaskRecord task, Deadline deadline) override;
    Task<Result<TaskRecord>> find(std::optional<TenantId> tenant, TaskId id, Deadline deadline) override;
    Task<Result<std::vector<TaskRecord>>> list(TaskQuery query, Deadline deadline) override;
    Task<Result<std::vector<TaskRecord>>> unfinished(Deadline deadline) override;
    Task<Result<TaskRecord>> begin(TaskId id, TimePoint now, Deadline deadline) override;
    Task<Result<TaskState>> report(TaskId id, TaskProgress progress, Deadline deadline) override;
    Task<Result<void>> finish(TaskId id, TaskState state, TaskProgress progress, std::string error, TimePoint now,
                              Deadline deadline) override;
    Task<Result<TaskRecord>> cancel(std::optional<TenantId> tenant, TaskId id, TimePoint now,
                                    Deadline deadline) override;

    /// So many of the next calls fail with unavailable.
    void fail_times(std::size_t calls) { failures_ = calls; }

private:
    Task<Result<void>> answer();
    TaskRecord* at(const std::optional<TenantId>& tenant, const TaskId& id);
    void forget(const TenantId& tenant, TimePoint now);

    std::vector<TaskRecord> tasks_;  ///< in order of creation
    std::size_t failures_ = 0;
};

}  // namespace outpost::ports::fakes
