// Waiting for wall-clock times while somebody sets the wall clock (hard-cases T-16).
#pragma once

#include "base/clock.hpp"

#include <optional>

namespace outpost {

/// Both clocks at one moment.
struct ClockReading {
    TimePoint wall;
    MonotonicTime monotonic;

    static ClockReading of(const Clock& clock) { return {clock.now(), clock.monotonic()}; }
};

/// What is less is not told from the time between reading one clock and the other.
inline constexpr Milliseconds kClockStepMin = std::chrono::seconds(1);

/// By how much the wall clock was set between two readings; zero when it is less than kClockStepMin. Slewing is none:
/// it moves both clocks. A machine that was suspended looks like one whose clock was set forward. Pure.
Milliseconds clock_step(const ClockReading& earlier, const ClockReading& later);

/// A time line that begins with the wall clock's time and goes on with the monotonic clock: a wait on it takes as long
/// as it was planned, whatever the wall clock does meanwhile. Never leaves the process: what is stored is wall-clock
/// time. One thread.
class StepFreeTime {
public:
    explicit StepFreeTime(const Clock& clock) : clock_(clock), start_(ClockReading::of(clock)) {}

    TimePoint now() const;
    /// Where a time lies that was made from the wall clock as it goes now. Exact to kClockStepMin.
    TimePoint from_wall(TimePoint wall);
    /// Whether the wall clock may have been set since it showed this: then a time that was made from it lies elsewhere,
    /// and only how long it was to be waited still means something. May be true of what was shown between a step and
    /// the next call of from_wall() or this.
    bool was_set_since(TimePoint shown);

private:
    const Clock& clock_;
    ClockReading start_;
    Milliseconds set_by_{};             ///< the wall clock since the start, in all
    std::optional<TimePoint> seen_at_;  ///< the last step
};

}  // namespace outpost
