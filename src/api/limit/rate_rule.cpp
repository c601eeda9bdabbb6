#include "api/limit/rate_rule.hpp"

namespace outpost::api {

RateVerdict take_one(TokenBucket& bucket, const RateRule& rule, MonotonicTime now) {
    const BucketRule bucket_rule = rule.bucket();
    RateVerdict verdict{.allowed = bucket.take(bucket_rule, now), .limit = rule.per_minute};
    verdict.reset_after = bucket.full_at() - now;
    if (!verdict.allowed) verdict.retry_after = bucket.ready_at(bucket_rule) - now;
    const auto whole = bucket_rule.interval * bucket_rule.burst;
    verdict.remaining = static_cast<std::uint32_t>((whole - verdict.reset_after) / bucket_rule.interval);
    return verdict;
}

}  // namespace outpost::api
