// Wakes its owner at set times of a Clock; what a fake uses in place of a scheduler.
#pragma once

#include "base/clock.hpp"
#include "base/task_group.hpp"

#include <functional>
#include <set>

namespace outpost::ports::fakes {

/// All calls and all rings on one executor. stop() must be awaited before it is destroyed, once set() was called.
class Alarm {
public:
    /// @param ring  looks for what is due and sets the alarm again for what is not; never called from within set()
    Alarm(Clock& clock, Executor executor, std::string name, std::function<void()> ring);

    /// Rings at `at`, or earlier if an earlier time is set; at once when it has passed.
    void set(MonotonicTime at);
    /// No ring begins after this. Returns when nothing sleeps any more.
    Task<void> stop();

private:
    Task<void> wait_until(MonotonicTime at);

    Clock& clock_;
    std::function<void()> ring_;
    TaskGroup sleeping_;
    std::set<MonotonicTime> times_;
    bool stopped_ = false;
};

/// When the wall clock will show `time`, if it does not jump meanwhile.
MonotonicTime when(const Clock& clock, TimePoint time);

}  // namespace outpost::ports::fakes
