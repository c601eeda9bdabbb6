#include "ports/fakes/alarm.hpp"

#include "ports/fakes/hop.hpp"

namespace outpost::ports::fakes {

Alarm::Alarm(Clock& clock, Executor executor, std::string name, std::function<void()> ring)
    : clock_(clock), ring_(std::move(ring)), sleeping_(std::move(executor), std::move(name)) {}

void Alarm::set(MonotonicTime at) {
    if (stopped_ || (!times_.empty() && *times_.begin() <= at)) return;
    times_.insert(at);
    sleeping_.start(wait_until(at));
}

Task<void> Alarm::wait_until(MonotonicTime at) {
    co_await hop();  // a time that has passed must not ring inside set()
    co_await clock_.sleep_until(at);
    times_.erase(at);
    if (!stopped_) ring_();
}

Task<void> Alarm::stop() {
    stopped_ = true;
    sleeping_.cancel();
    co_await sleeping_.join();
}

MonotonicTime when(const Clock& clock, TimePoint time) {
    return clock.monotonic() + (time - clock.now());
}

}  // namespace outpost::ports::fakes
