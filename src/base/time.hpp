// Time points, and the one text form of them (RFC 3339; api.md §5.2).
#pragma once

#include "base/result.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace outpost {

using namespace std::chrono_literals;

using Milliseconds = std::chrono::milliseconds;
/// Wall clock, truncated to milliseconds everywhere (decision D4).
using TimePoint = std::chrono::sys_time<Milliseconds>;
/// Never goes back; only for waiting and measuring.
using MonotonicTime = std::chrono::steady_clock::time_point;

/// UTC, fraction only as far as needed: 2026-01-02T03:04:05Z, 2026-01-02T03:04:05.12Z.
std::string to_rfc3339(TimePoint time);
/// UTC, whole seconds: the `timestamp` of delivery metadata (destinations.md §1.8).
std::string to_rfc3339_seconds(TimePoint time);
/// A time that is to be kept: RFC 3339 with a zone and any number of fraction digits; truncated to milliseconds.
/// Years 1970..2261 only (storage.md §16.8). @return invalid with the reference's words (api.md §3.4).
Result<TimePoint> parse_rfc3339(std::string_view text);
/// A time that kept ones are compared with: the same text, any year from 0000 to 9999. One outside of 1970..2261
/// becomes the millisecond before or after those years, so that every comparison comes out as with the time that was
/// meant.
Result<TimePoint> parse_time_bound(std::string_view text);
/// The same, or YYYY-MM-DD as midnight UTC (api.md §4.2).
Result<TimePoint> parse_date_or_time_bound(std::string_view text);

inline std::int64_t unix_ms(TimePoint time) {
    return time.time_since_epoch().count();
}
inline TimePoint from_unix_ms(std::int64_t ms) {
    return TimePoint(Milliseconds(ms));
}
inline std::int64_t unix_seconds(TimePoint time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

}  // namespace outpost
