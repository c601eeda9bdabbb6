#include "base/task_group.hpp"

#include "base/log.hpp"
#include "base/oneshot.hpp"
#include "base/result.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace outpost {
namespace {

void report(const std::string& group, const std::exception_ptr& thrown) {
    if (!thrown) return;
    try {
        std::rethrow_exception(thrown);
    } catch (const boost::system::system_error& error) {
        if (error.code() == boost::asio::error::operation_aborted) return;
        log::error("task.failed", {{"group", group}, {"error", std::string_view(error.what())}});
    } catch (const std::exception& error) {
        log::error("task.failed", {{"group", group}, {"error", std::string_view(error.what())}});
    } catch (...) {
        log::error("task.failed", {{"group", group}, {"error", "not a standard exception"}});
    }
}

}  // namespace

TaskGroup::TaskGroup(Executor executor, std::string name) : executor_(std::move(executor)), name_(std::move(name)) {}

TaskGroup::~TaskGroup() {
    ASSERT(running_.empty());
}

void TaskGroup::start(Task<void> work) {
    running_.push_back(std::make_shared<Running>());
    auto entry = std::prev(running_.end());
    boost::asio::co_spawn(
        executor_, std::move(work),
        boost::asio::bind_cancellation_slot((*entry)->cancel.slot(), [this, entry](const std::exception_ptr& thrown) {
            report(name_, thrown);
            (*entry)->ended = true;
            running_.erase(entry);
            if (!running_.empty()) return;
            for (auto& joiner : std::exchange(joiners_, {})) joiner();
        }));
}

void TaskGroup::cancel() {
    // Emitting may end tasks, which erases them: walk over a copy.
    const std::vector<std::shared_ptr<Running>> all(running_.begin(), running_.end());
    for (const auto& running : all) {
        if (!running->ended) running->cancel.emit(boost::asio::cancellation_type::terminal);
    }
}

Task<void> TaskGroup::join() {
    if (running_.empty()) co_return;
    auto start = [this](Answer<int> answer) {
        joiners_.push_back([answer = std::move(answer)]() mutable { answer(0); });
    };
    co_await await_answer<int>(start);
}

}  // namespace outpost
