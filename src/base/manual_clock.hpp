// A clock that stands still until a test moves it.
#pragma once

#include "base/clock.hpp"

#include <functional>
#include <map>
#include <mutex>

namespace outpost {

/// Wall and monotonic time advance together; the wall clock alone can also jump. Any thread.
class ManualClock final : public Clock {
public:
    explicit ManualClock(TimePoint start = from_unix_ms(1'700'000'000'000));

    TimePoint now() const override;
    MonotonicTime monotonic() const override;
    Task<void> sleep_until(MonotonicTime when) override;

    /// Moves both clocks; sleepers that are due are woken by a post to their executors, in order of their times.
    void advance(MonotonicTime::duration by);
    /// Moves the wall clock alone (hard-cases T-16).
    void jump(Milliseconds by);
    /// When the next sleeper wants to wake, if there is one. A simulation advances to it.
    std::optional<MonotonicTime> next_wake() const;

private:
    struct Sleeper;
    Milliseconds monotonic_ms() const;

    mutable std::mutex mutex_;  // a test clock is shared by the threads of an engine under test
    MonotonicTime monotonic_;
    TimePoint wall_less_monotonic_;  ///< so that parts of milliseconds are not lost on the way
    std::uint64_t next_id_ = 0;
    std::map<std::pair<MonotonicTime, std::uint64_t>, std::shared_ptr<Sleeper>> sleepers_;
};

}  // namespace outpost
