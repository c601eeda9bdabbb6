#include "ports/fakes/memory_task_store.hpp"

#include "ports/fakes/hop.hpp"

namespace outpost::ports::fakes {
namespace {

std::unexpected<Error> no_task() {
    return fail(Errc::not_found, "task not found");
}

TaskRecord without_work(TaskRecord task) {
    task.work.clear();
    return task;
}

}  // namespace

Task<Result<void>> MemoryTaskStore::answer() {
    co_await hop();
    if (failures_ == 0) co_return Result<void>{};
    --failures_;
    co_return fail(Errc::unavailable, "told to fail");
}

TaskRecord* MemoryTaskStore::at(const std::optional<TenantId>& tenant, const TaskId& id) {
    const auto found = std::ranges::find(tasks_, id, &TaskRecord::id);
    if (found == tasks_.end() || (tenant && found->tenant_id != *tenant)) return nullptr;
    return &*found;
}

void MemoryTaskStore::forget(const TenantId& tenant, TimePoint now) {
    std::erase_if(tasks_, [&](const TaskRecord& task) {
        return task.finished_at && *task.finished_at < now - kFinishedTasksKept;
    });
    std::size_t kept = 0;
    for (std::size_t i = tasks_.size(); i-- > 0;) {
        if (tasks_[i].tenant_id != tenant || !is_finished(tasks_[i].state)) continue;
        if (++kept > kFinishedTasksPerTenantMax) tasks_.erase(tasks_.begin() + static_cast<std::ptrdiff_t>(i));
    }
}

Task<Result<void>> MemoryTaskStore::create(TaskRecord task, Deadline) {
    CO_TRY_VOID(co_await answer());
    if (at(std::nullopt, task.id) != nullptr) co_return fail(Errc::conflict, "the id is taken");
    forget(task.tenant_id, task.created_at);
    const auto unfinished = std::ranges::count_if(tasks_, [&](const TaskRecord& other) {
        return other.tenant_id == task.tenant_id && !is_finished(other.state);
    });
    if (static_cast<std::size_t>(unfinished) >= kUnfinishedTasksPerTenantMax) {
        co_return fail(Errc::limited, "too many unfinished tasks");
    }
    task.state = TaskState::queued;
    tasks_.push_back(std::move(task));
    co_return Result<void>{};
}

Task<Result<TaskRecord>> MemoryTaskStore::find(std::optional<TenantId> tenant, TaskId id, Deadline) {
    CO_TRY_VOID(co_await answer());
    const TaskRecord* task = at(tenant, id);
    if (task == nullptr) co_return no_task();
    co_return *task;
}

Task<Result<std::vector<TaskRecord>>> MemoryTaskStore::list(TaskQuery query, Deadline) {
    CO_TRY_VOID(co_await answer());
    std::vector<TaskRecord> found;
    for (auto task = tasks_.rbegin(); task != tasks_.rend() && found.size() < query.limit; ++task) {
        const bool wanted =
            query.tenants.empty() || std::ranges::find(query.tenants, task->tenant_id) != query.tenants.end();
        if (wanted) found.push_back(without_work(*task));
    }
    co_return found;
}

Task<Result<std::vector<TaskRecord>>> MemoryTaskStore::unfinished(Deadline) {
    CO_TRY_VOID(co_await answer());
    std::vector<TaskRecord> found;
    for (const TaskRecord& task : tasks_) {
        if (found.size() == kUnfinishedTasksReadMax) break;
        if (!is_finished(task.state)) found.push_back(without_work(task));
    }
    co_return found;
}

Task<Result<TaskRecord>> MemoryTaskStore::begin(TaskId id, TimePoint now, Deadline) {
    CO_TRY_VOID(co_await answer());
    TaskRecord* task = at(std::nullopt, id);
    if (task == nullptr) co_return no_task();
    if (is_finished(task->state)) co_return fail(Errc::conflict, "the task has ended");
    if (task->state == TaskState::queued) task->started_at = now;
    task->state = TaskState::running;
    co_return *task;
}

Task<Result<TaskState>> MemoryTaskStore::report(TaskId id, TaskProgress progress, Deadline) {
    CO_TRY_VOID(co_await answer());
    TaskRecord* task = at(std::nullopt, id);
    if (task == nullptr) co_return no_task();
    task->progress = std::move(progress);
    co_return task->state;
}

Task<Result<void>> MemoryTaskStore::finish(TaskId id, TaskState state, TaskProgress progress, std::string error,
                                           TimePoint now, Deadline) {
    CO_TRY_VOID(co_await answer());
    TaskRecord* task = at(std::nullopt, id);
    if (task == nullptr) co_return no_task();
    task->progress = std::move(progress);
    if (is_finished(task->state)) co_return Result<void>{};
    task->state = state;
    task->finished_at = now;
    task->error = std::move(error);
    task->work.clear();
    co_return Result<void>{};
}

Task<Result<TaskRecord>> MemoryTaskStore::cancel(std::optional<TenantId> tenant, TaskId id, TimePoint now, Deadline) {
    CO_TRY_VOID(co_await answer());
    TaskRecord* task = at(tenant, id);
    if (task == nullptr) co_return no_task();
    if (!is_finished(task->state)) {
        task->state = TaskState::cancelled;
        task->finished_at = now;
        task->work.clear();
    }
    co_return *task;
}

}  // namespace outpost::ports::fakes
