// How fast one destination is sent to, when its owner has set a limit (hard-cases T-44). Pure.
#pragma once

#include "base/time.hpp"

#include <cstdint>

namespace outpost::pipeline {

/// Spaces sends evenly. After a pause at most a twentieth of a second's sends leave at once (one, under 40/s), so that
/// no second sees more than 5 % over the limit. The generic cell rate algorithm: one instant is its whole state.
class TokenBucket {
public:
    static constexpr std::uint32_t kBurstsPerSecond = 20;

    /// @param per_second  at least 1
    TokenBucket(std::uint32_t per_second, MonotonicTime now)
        : per_second_(per_second),
          interval_(MonotonicTime::duration(std::chrono::seconds(1)) / per_second),
          tolerance_(interval_ * (per_second / kBurstsPerSecond > 1 ? per_second / kBurstsPerSecond - 1 : 0)),
          next_(now) {}

    std::uint32_t per_second() const { return per_second_; }
    /// When take() will succeed.
    MonotonicTime ready_at() const { return next_ - tolerance_; }
    /// When it will be as new: nothing is lost then if it is forgotten.
    MonotonicTime rested_at() const { return next_; }
    /// Takes leave to send one. @return false: not before ready_at()
    bool take(MonotonicTime now) {
        if (now < ready_at()) return false;
        next_ = (next_ > now ? next_ : now) + interval_;
        return true;
    }

private:
    std::uint32_t per_second_;
    MonotonicTime::duration interval_;
    MonotonicTime::duration tolerance_;
    MonotonicTime next_;  ///< when the next one would be due if all were spaced evenly
};

}  // namespace outpost::pipeline
