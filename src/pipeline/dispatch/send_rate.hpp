// How fast one destination is sent to, when its owner has set a limit (hard-cases T-44). Pure.
#pragma once

#include "base/token_bucket.hpp"

namespace outpost::pipeline {

inline constexpr std::uint32_t kBurstsPerSecond = 20;

/// Spaces sends evenly. After a pause at most a twentieth of a second's sends leave at once (one, under 40/s), so that
/// no second sees more than 5 % over the limit.
/// @param per_second  at least 1
inline BucketRule send_rate(std::uint32_t per_second) {
    return {.interval = MonotonicTime::duration(std::chrono::seconds(1)) / per_second,
            .burst = std::max(per_second / kBurstsPerSecond, 1u)};
}

}  // namespace outpost::pipeline
