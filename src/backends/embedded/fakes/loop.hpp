// One thread and a clock that stands still, for tests of what posts and waits.
#pragma once

#include "base/manual_clock.hpp"
#include "base/shards.hpp"
#include "base/task.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <memory>
#include <optional>
#include <stdexcept>

namespace outpost::embedded::fakes {

/// All executors of a test are this one.
class Loop {
public:
    Executor executor() { return io_.get_executor(); }
    ManualClock& clock() { return clock_; }

    /// Returns when no handler is ready.
    void run() {
        while (io_.poll() > 0) {
        }
    }
    /// Runs `work` on the executor, as the program does, and what follows from it.
    template <class Work>
    void call(Work work) {
        boost::asio::post(executor(), std::move(work));
        run();
    }
    void advance(MonotonicTime::duration by) {
        run();
        clock_.advance(by);
        run();
    }

    /// Starts a call; the result appears when it ends.
    template <class T>
    std::shared_ptr<std::optional<T>> start(Task<T> work) {
        auto result = std::make_shared<std::optional<T>>();  // shared: the test may give up before it ends
        boost::asio::co_spawn(executor(), std::move(work), [result](const std::exception_ptr& thrown, T value) {
            if (thrown) std::rethrow_exception(thrown);
            result->emplace(std::move(value));
        });
        return result;
    }
    template <class T>
    T await(Task<T> work) {
        const auto result = start(std::move(work));
        run();
        if (!result->has_value()) throw std::runtime_error("a call never ended");
        return std::move(**result);
    }
    void await(Task<void> work) { await(done(std::move(work))); }

private:
    static Task<bool> done(Task<void> work) {
        co_await std::move(work);
        co_return true;
    }

    boost::asio::io_context io_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> keep_running_{io_.get_executor()};
    ManualClock clock_;
};

}  // namespace outpost::embedded::fakes
