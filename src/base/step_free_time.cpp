#include "base/step_free_time.hpp"

namespace outpost {

Milliseconds clock_step(const ClockReading& earlier, const ClockReading& later) {
    const auto passed = std::chrono::floor<Milliseconds>(later.monotonic - earlier.monotonic);
    const Milliseconds step = later.wall - earlier.wall - passed;
    return std::chrono::abs(step) < kClockStepMin ? Milliseconds(0) : step;
}

TimePoint StepFreeTime::now() const {
    return start_.wall + std::chrono::floor<Milliseconds>(clock_.monotonic() - start_.monotonic);
}

TimePoint StepFreeTime::from_wall(TimePoint wall) {
    const Milliseconds step = clock_step({start_.wall + set_by_, start_.monotonic}, ClockReading::of(clock_));
    set_by_ += step;
    if (step != Milliseconds(0)) seen_at_ = now();
    return wall - set_by_;
}

bool StepFreeTime::was_set_since(TimePoint shown) {
    const TimePoint place = from_wall(shown);
    return seen_at_ && place <= *seen_at_;
}

}  // namespace outpost
