#include "base/alarm.hpp"

namespace outpost {

Alarm::Alarm(Clock& clock, Executor executor, std::string name, std::function<void()> ring)
    : clock_(clock), ring_(std::move(ring)), tasks_(std::move(executor), std::move(name)) {}

void Alarm::set_no_later_than(MonotonicTime when) {
    if (closed_ || (at_ && *at_ <= when)) return;
    at_ = when;
    tasks_.cancel();  // the sleeper of the later time
    tasks_.start(sleep(when, ++generation_));
}

void Alarm::silence() {
    at_.reset();
    ++generation_;
    tasks_.cancel();
}

Task<void> Alarm::sleep(MonotonicTime when, std::uint64_t generation) {
    co_await clock_.sleep_until(when);
    if (generation != generation_) co_return;
    at_.reset();
    ring_();
}

Task<void> Alarm::close() {
    closed_ = true;
    silence();
    co_await tasks_.join();
}

}  // namespace outpost
