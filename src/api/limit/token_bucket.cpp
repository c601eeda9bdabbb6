#include "api/limit/token_bucket.hpp"

#include <algorithm>

namespace outpost::api {

RateVerdict take_one(TokenBucket& bucket, const RateRule& rule, MonotonicTime now) {
    const auto interval = rule.interval();
    const auto whole = interval * rule.per_minute;
    const MonotonicTime full_at = std::max(bucket.full_at, now);
    const MonotonicTime after = full_at + interval;
    if (after - now > whole)
        return {.allowed = false,
                .limit = rule.per_minute,
                .retry_after = after - now - whole,
                .reset_after = full_at - now};
    bucket.full_at = after;
    return {.limit = rule.per_minute,
            .remaining = static_cast<std::uint32_t>((whole - (after - now)) / interval),
            .reset_after = after - now};
}

}  // namespace outpost::api
