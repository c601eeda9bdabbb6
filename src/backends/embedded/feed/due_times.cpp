#include "backends/embedded/feed/due_times.hpp"

#include "base/log.hpp"

namespace outpost::embedded {

Result<void> DueTimes::follow_clock() {
    const ClockReading now = ClockReading::of(clock_);
    const Milliseconds step = clock_step(last_, now);
    if (step == Milliseconds(0)) return {};
    TRY(Statement move, projections_.prepare("UPDATE open_deliveries SET due = due + ?"));
    move.bind(1, step.count());
    TRY_VOID(move.run());
    last_ = now;
    log::warn("clock.set", {{"step_ms", step.count()}});
    return {};
}

}  // namespace outpost::embedded
