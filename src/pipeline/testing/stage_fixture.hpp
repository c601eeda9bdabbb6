// One thread, a clock that stands still, and shards that share both: where pipeline tests run.
#pragma once

#include "base/manual_clock.hpp"
#include "base/shards.hpp"
#include "base/task_group.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>

namespace outpost::pipeline::testing {

/// Nothing here sleeps: run() returns when no handler is ready, and time moves only by advance().
class Stage {
public:
    explicit Stage(std::size_t shards = 2);

    const Shards& shards() const { return shards_; }
    Executor executor() { return io_.get_executor(); }
    ManualClock& clock() { return clock_; }

    /// Runs what is ready, and what that makes ready.
    void run();
    /// Runs at most so many handlers. @return how many were ready
    std::size_t run_some(std::size_t handlers);
    /// Moves the time, stopping at each moment at which someone wants to wake.
    void advance(MonotonicTime::duration by);
    /// Runs until `condition` holds; moves the time as far as it must. @return false when that can't make it hold
    bool until(const std::function<bool()>& condition, MonotonicTime::duration within = std::chrono::hours(24));

    /// Runs a coroutine to its end, without moving the time. Throws when it waits for the time, or for ever.
    template <class T>
    T await(Task<T> work, std::size_t shard = 0) {
        auto started = start(std::move(work), shard);
        run();
        if (!started->has_value()) throw std::runtime_error("what was awaited did not end");
        return *std::move(*started);
    }
    void await(Task<void> work, std::size_t shard = 0);
    /// The same without waiting for it. The value appears when it has ended.
    template <class T>
    std::shared_ptr<std::optional<T>> start(Task<T> work, std::size_t shard = 0) {
        auto result = std::make_shared<std::optional<T>>();  // shared: the work may outlive the test's interest
        boost::asio::co_spawn(shards_.executor(shard), std::move(work),
                              [result](const std::exception_ptr& thrown, T value) {
                                  if (thrown) std::rethrow_exception(thrown);
                                  result->emplace(std::move(value));
                              });
        return result;
    }

private:
    boost::asio::io_context io_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> keep_running_;
    ManualClock clock_;
    Shards shards_;
};

}  // namespace outpost::pipeline::testing
