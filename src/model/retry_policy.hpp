// When a failed attempt is followed by another (pipeline.md §8, decisions B4, B6, B7).
#pragma once

#include "base/time.hpp"
#include "model/attempt.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace outpost::model {

inline constexpr Milliseconds kRetryDelayMax = std::chrono::days(30);   // decision B7
inline constexpr Milliseconds kRetryAfterMax = std::chrono::hours(24);  // decision B4

/// How long to wait, and how often. A schedule replaces interval and limit.
struct RetryPolicy {
    std::vector<std::chrono::seconds> schedule;  ///< RETRY_SCHEDULE
    std::chrono::seconds interval{30};           ///< RETRY_INTERVAL_SECONDS: doubled after each failure
    std::uint32_t limit = 10;                    ///< MAX_RETRY_LIMIT; ignored with a schedule
    bool jitter = true;                          ///< RETRY_JITTER: up to +10 %, never earlier

    /// Retries after the first attempt.
    std::uint32_t retries_max() const;
};

/// The delay after failed attempt `number` (1-based), without jitter, at most kRetryDelayMax.
Milliseconds base_delay(const RetryPolicy& policy, std::uint32_t number);

/// When the next attempt is due, or none: the delivery is done or given up. Pure.
/// @param random  0 <= random < 1, for jitter
/// @param eligible  the event's eligible_for_retry
std::optional<TimePoint> next_attempt(const RetryPolicy& policy, const Outcome& outcome, std::uint32_t number,
                                      bool eligible, TimePoint ended, double random);

}  // namespace outpost::model
