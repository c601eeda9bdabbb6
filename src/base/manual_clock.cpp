#include "base/manual_clock.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace outpost {

/// A timer that never fires by itself: waking it is cancelling it, and `woken` tells that from a real cancellation.
struct ManualClock::Sleeper {
    explicit Sleeper(boost::asio::any_io_executor executor)
        : timer(std::move(executor), boost::asio::steady_timer::time_point::max()) {}
    boost::asio::steady_timer timer;
    bool woken = false;  // touched only on the sleeper's executor
};

ManualClock::ManualClock(TimePoint start)
    : monotonic_(std::chrono::hours(1)), wall_less_monotonic_(start - monotonic_ms()) {}

Milliseconds ManualClock::monotonic_ms() const {
    return std::chrono::floor<Milliseconds>(monotonic_.time_since_epoch());
}

TimePoint ManualClock::now() const {
    const std::scoped_lock lock(mutex_);
    return wall_less_monotonic_ + monotonic_ms();
}

MonotonicTime ManualClock::monotonic() const {
    const std::scoped_lock lock(mutex_);
    return monotonic_;
}

Task<void> ManualClock::sleep_until(MonotonicTime when) {
    auto sleeper = std::make_shared<Sleeper>(co_await boost::asio::this_coro::executor);
    std::pair<MonotonicTime, std::uint64_t> key;
    bool is_past = false;
    {
        const std::scoped_lock lock(mutex_);
        is_past = when <= monotonic_;
        key = {when, next_id_++};
        if (!is_past) sleepers_.emplace(key, sleeper);
    }
    if (is_past) {  // gives up the thread all the same, as the machine's timers do
        co_await boost::asio::post(sleeper->timer.get_executor(), boost::asio::use_awaitable);
        co_return;
    }
    boost::system::error_code error;
    co_await sleeper->timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, error));
    {
        const std::scoped_lock lock(mutex_);
        sleepers_.erase(key);
    }
    if (!sleeper->woken) throw boost::system::system_error(boost::asio::error::operation_aborted);
}

void ManualClock::advance(MonotonicTime::duration by) {
    std::vector<std::shared_ptr<Sleeper>> due;
    {
        const std::scoped_lock lock(mutex_);
        monotonic_ += by;
        while (!sleepers_.empty() && sleepers_.begin()->first.first <= monotonic_) {
            due.push_back(std::move(sleepers_.begin()->second));
            sleepers_.erase(sleepers_.begin());
        }
    }
    for (auto& sleeper : due) {
        auto executor = sleeper->timer.get_executor();
        boost::asio::post(executor, [sleeper = std::move(sleeper)] {
            sleeper->woken = true;
            sleeper->timer.cancel();
        });
    }
}

void ManualClock::jump(Milliseconds by) {
    const std::scoped_lock lock(mutex_);
    wall_less_monotonic_ += by;
}

std::optional<MonotonicTime> ManualClock::next_wake() const {
    const std::scoped_lock lock(mutex_);
    if (sleepers_.empty()) return std::nullopt;
    return sleepers_.begin()->first.first;
}

}  // namespace outpost
