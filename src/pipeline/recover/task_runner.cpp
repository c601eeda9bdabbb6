#include "pipeline/recover/task_runner.hpp"

#include "base/log.hpp"

namespace outpost::pipeline {
namespace {

constexpr auto kTroubleWait = std::chrono::seconds(1);      // doubled with every trouble in a row
constexpr auto kTroubleWaitMax = std::chrono::seconds(60);  // up to this

MonotonicTime::duration wait_of(std::uint32_t troubles) {
    const std::uint32_t doublings = std::min(troubles, 6u);
    return std::min<MonotonicTime::duration>(kTroubleWait * (1u << doublings), kTroubleWaitMax);
}

}  // namespace

/// The place of a running task: given back however its coroutine ends.
class TaskRunner::Place {
public:
    Place(TaskRunner& runner, ports::TaskId id) : runner_(runner), id_(std::move(id)) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() {
        runner_.runs_.erase(id_);
        std::erase_if(runner_.running_, [&](const ports::TaskRecord& task) { return task.id == id_; });
        if (runner_.stopped_) return;
        if (ended_) runner_.look_soon();
        else runner_.group_.start(runner_.look_later());  // it threw: not at once again
    }
    void begun(TaskRun& run) { runner_.runs_[id_] = &run; }
    void ended() { ended_ = true; }

private:
    TaskRunner& runner_;
    ports::TaskId id_;
    bool ended_ = false;
};

TaskRunner::TaskRunner(RecoverServices with, Executor executor)
    : with_(with), executor_(executor), group_(std::move(executor), "tasks") {}

void TaskRunner::wake() {
    boost::asio::post(executor_, [this] { look_soon(); });
}

void TaskRunner::cancelled(ports::TaskId id) {
    boost::asio::post(executor_, [this, id = std::move(id)] {
        const auto found = runs_.find(id);
        if (found != runs_.end()) found->second->cancel();
    });
}

Task<void> TaskRunner::stop() {
    stopped_ = true;
    group_.cancel();
    co_await group_.join();
}

void TaskRunner::look_soon() {
    if (stopped_) return;
    look_again_ = true;
    if (looking_) return;
    looking_ = true;
    group_.start(look());
}

Task<void> TaskRunner::look() {
    struct Looking {
        bool& flag;
        ~Looking() { flag = false; }
    };
    const Looking looking{looking_};
    std::uint32_t troubles = 0;
    while (std::exchange(look_again_, false)) {
        auto unfinished = co_await with_.tasks.unfinished(step());
        if (unfinished) {
            troubles = 0;
            fill(*unfinished);
            continue;
        }
        co_await wait_after("task.not_listed", std::move(unfinished.error()), troubles++);
        look_again_ = true;
    }
}

Task<void> TaskRunner::look_later() {
    co_await with_.clock.sleep_for(kTroubleWaitMax);
    look_soon();
}

void TaskRunner::fill(const std::vector<ports::TaskRecord>& unfinished) {
    while (!stopped_ && running_.size() < kRunningTasksMax) {
        const ports::TaskRecord* next = next_task(unfinished, running_);
        if (next == nullptr) return;
        running_.push_back(*next);
        group_.start(run(*next));
    }
}

Task<void> TaskRunner::run(ports::TaskRecord task) {
    Place place(*this, task.id);
    auto begun = co_await begin(task.id);
    if (begun) {
        log::info("task.started", {{"task_id", task.id.value}, {"type", task.type}});
        auto request = read_request(begun->type, begun->tenant_id, begun->parameters, begun->work);
        if (!request) {
            log::error("task.unreadable", {{"task_id", task.id.value}, {"error", request.error().describe()}});
            TaskEnd end{.state = ports::TaskState::failed, .error = "the task's parameters are damaged"};
            co_await finish(task.id, std::move(end), begun->progress);
        } else {
            auto shared = std::make_shared<const RecoverRequest>(std::move(*request));
            TaskRun run(task.id, std::move(shared), begun->progress, with_);
            place.begun(run);
            TaskEnd end = co_await insist(&run);
            co_await finish(task.id, std::move(end), run.progress());
        }
    }
    place.ended();
}

Task<std::optional<ports::TaskRecord>> TaskRunner::begin(ports::TaskId id) {
    for (std::uint32_t troubles = 0;; ++troubles) {
        auto begun = co_await with_.tasks.begin(id, with_.clock.now(), step());
        if (begun) co_return std::move(*begun);
        const Errc code = begun.error().code();
        if (code == Errc::conflict || code == Errc::not_found) co_return std::nullopt;
        co_await wait_after("task.not_begun", std::move(begun.error()), troubles);
    }
}

Task<TaskEnd> TaskRunner::insist(TaskRun* run) {
    std::uint32_t troubles = 0;
    while (true) {
        const std::string before = run->progress().cursor;
        auto end = co_await run->carry_out();
        if (end) co_return std::move(*end);
        if (end.error().code() == Errc::not_found) {  // the task itself is gone
            co_return TaskEnd{.state = ports::TaskState::cancelled, .error = ""};
        }
        troubles = run->progress().cursor == before ? troubles + 1 : 0;
        co_await wait_after("task.held_up", std::move(end.error()), troubles);
    }
}

Task<void> TaskRunner::finish(ports::TaskId id, TaskEnd end, ports::TaskProgress progress) {
    log::info("task.ended", {{"task_id", id.value},
                             {"state", ports::to_string(end.state)},
                             {"done", progress.done},
                             {"failed", progress.failed},
                             {"skipped", progress.skipped}});
    for (std::uint32_t troubles = 0;; ++troubles) {
        const TimePoint now = with_.clock.now();
        auto finished = co_await with_.tasks.finish(id, end.state, progress, end.error, now, step());
        if (finished || finished.error().code() == Errc::not_found) co_return;
        co_await wait_after("task.not_finished", std::move(finished.error()), troubles);
    }
}

Task<void> TaskRunner::wait_after(std::string_view what, Error error, std::uint32_t troubles) {
    log::warn(what, {{"error", error.describe()}});
    co_await with_.clock.sleep_for(wait_of(troubles));
}

}  // namespace outpost::pipeline
