// The only source of time: services take a Clock&, tests a ManualClock (style.md §5).
#pragma once

#include "base/task.hpp"
#include "base/time.hpp"

namespace outpost {

/// Any thread. Outlives all work.
class Clock {
public:
    virtual ~Clock() = default;
    /// Wall clock. May jump; durations are never taken from it.
    virtual TimePoint now() const = 0;
    /// Monotonic clock.
    virtual MonotonicTime monotonic() const = 0;
    /// Returns once monotonic() >= when. Cancellation ends it with a system_error(operation_aborted), as Asio's
    /// own timers do; TaskGroup treats that as a normal end.
    virtual Task<void> sleep_until(MonotonicTime when) = 0;

    Task<void> sleep_for(MonotonicTime::duration wait) { return sleep_until(monotonic() + wait); }
};

/// The machine's clocks.
class SystemClock final : public Clock {
public:
    TimePoint now() const override;
    MonotonicTime monotonic() const override;
    Task<void> sleep_until(MonotonicTime when) override;
};

}  // namespace outpost
