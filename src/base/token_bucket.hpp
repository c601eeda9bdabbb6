// How often something may be done: a token bucket, kept as one point in time (the generic cell rate algorithm). Pure.
#pragma once

#include "base/time.hpp"

#include <algorithm>
#include <cstdint>

namespace outpost {

/// `burst` at once; what was taken comes back one by one, each after `interval`.
struct BucketRule {
    MonotonicTime::duration interval{};
    std::uint32_t burst = 1;  ///< at least 1
};

/// What is left to take. One that is full is as good as none kept.
class TokenBucket {
public:
    explicit TokenBucket(MonotonicTime full_at = MonotonicTime()) : full_at_(full_at) {}

    /// When it will be full, if nothing is taken.
    MonotonicTime full_at() const { return full_at_; }
    /// When take() will succeed.
    MonotonicTime ready_at(const BucketRule& rule) const { return full_at_ - rule.interval * (rule.burst - 1); }
    /// Takes one. @return false: there was none, and nothing has changed
    bool take(const BucketRule& rule, MonotonicTime now) {
        if (full_at_ > now + rule.interval * (rule.burst - 1)) return false;
        full_at_ = std::max(full_at_, now) + rule.interval;
        return true;
    }

private:
    MonotonicTime full_at_;
};

}  // namespace outpost
