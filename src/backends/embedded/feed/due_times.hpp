// Keeps the stored due times true when somebody sets the wall clock (hard-cases T-16).
#pragma once

#include "backends/embedded/sqlite/database.hpp"
#include "base/step_free_time.hpp"

namespace outpost::embedded {

/// Due times are stored as wall-clock times, so that a restart finds them. When the wall clock is set while the process
/// runs, those of `open_deliveries` are moved by as much: each delivery then waits as long as it was planned, neither
/// longer by the step nor all at once. Rows of the log keep the time they were written with.
/// On the control thread.
class DueTimes {
public:
    /// @param projections  outlives it
    DueTimes(Database& projections, const Clock& clock)
        : projections_(projections), clock_(clock), last_(ClockReading::of(clock)) {}

    /// Before rows are projected and before the table is read: what is in it by then was written by the clock as it
    /// went at the last call. Costs two readings of clocks unless the clock was set; then a write of all open
    /// deliveries, durable as any projection is. @return unavailable when that can't be written; the next call tries
    /// again
    Result<void> follow_clock();

private:
    Database& projections_;
    const Clock& clock_;
    ClockReading last_;
};

}  // namespace outpost::embedded
