// Runs what people asked for in bulk, in the background, a few tasks at once (portal.md §15a N4).
#pragma once

#include "base/task_group.hpp"
#include "pipeline/recover/task_run.hpp"

namespace outpost::pipeline {

inline constexpr std::size_t kRunningTasksMax = 4;

/// One a process, on one shard. Looks at the store when it is told to, and never otherwise. stop() before destruction.
class TaskRunner {
public:
    /// @param with  of the shard that `executor` is
    TaskRunner(RecoverServices with, Executor executor);

    /// Something is there to do, perhaps. At the start too: what ran before goes on. Any thread.
    void wake();
    /// Told after the store: the task makes no more promises. Any thread.
    void cancelled(ports::TaskId id);

    /// Tasks stop between two promises, and go on at the next start. On its shard.
    Task<void> stop();

private:
    class Place;
    void look_soon();
    Task<void> look();
    Task<void> look_later();
    void fill(const std::vector<ports::TaskRecord>& unfinished);
    Task<void> run(ports::TaskRecord task);
    /// @return none: it has ended already
    Task<std::optional<ports::TaskRecord>> begin(ports::TaskId id);
    Task<TaskEnd> insist(TaskRun* run);
    Task<void> finish(ports::TaskId id, TaskEnd end, ports::TaskProgress progress);
    Task<void> wait_after(std::string_view what, Error error, std::uint32_t troubles);
    Deadline step() const { return Deadline::after(with_.clock, kRecoverStepTimeout); }

    RecoverServices with_;
    Executor executor_;
    std::vector<ports::TaskRecord> running_;
    std::unordered_map<ports::TaskId, TaskRun*> runs_;  ///< of those that have begun
    TaskGroup group_;
    bool looking_ = false;
    bool look_again_ = false;
    bool stopped_ = false;
};

}  // namespace outpost::pipeline
