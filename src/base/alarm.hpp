// Rings once at a time that can be moved; the one timer of whoever keeps its own schedule.
#pragma once

#include "base/clock.hpp"
#include "base/shards.hpp"
#include "base/task_group.hpp"

#include <functional>
#include <optional>

namespace outpost {

/// On one executor. close() before destruction.
class Alarm {
public:
    /// @param ring  called on `executor`; may set the alarm again
    Alarm(Clock& clock, Executor executor, std::string name, std::function<void()> ring);

    /// Rings at `when`, or earlier if it is set to ring earlier already.
    void set_no_later_than(MonotonicTime when);
    /// Forgets the time it was set to.
    void silence();
    Task<void> close();

private:
    Task<void> sleep(MonotonicTime when, std::uint64_t generation);

    Clock& clock_;
    std::function<void()> ring_;
    TaskGroup tasks_;
    std::optional<MonotonicTime> at_;
    std::uint64_t generation_ = 0;
    bool closed_ = false;
};

}  // namespace outpost
