// Every wait has an end: the moment by which a call must have answered.
#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"

#include <memory>

namespace outpost {

/// A point on the monotonic clock. Passed by value to every port call.
class Deadline {
public:
    constexpr Deadline() = default;  // never
    explicit constexpr Deadline(MonotonicTime at) : at_(at) {}
    static Deadline after(const Clock& clock, MonotonicTime::duration wait) {
        return Deadline(clock.monotonic() + wait);
    }
    static constexpr Deadline never() { return {}; }

    MonotonicTime at() const { return at_; }
    bool is_never() const { return at_ == MonotonicTime::max(); }
    bool passed(const Clock& clock) const { return clock.monotonic() >= at_; }
    Deadline or_earlier(MonotonicTime at) const { return Deadline(std::min(at_, at)); }

private:
    MonotonicTime at_ = MonotonicTime::max();
};

}  // namespace outpost
