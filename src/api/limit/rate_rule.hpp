// How many requests a caller may make, and what it is told of that. Pure.
#pragma once

#include "base/token_bucket.hpp"

#include <cstdint>

namespace outpost::api {

/// `per_minute` requests at once, and as many a minute in the long run, coming back one by one.
struct RateRule {
    std::uint32_t per_minute = 1;  ///< 1..1 000 000

    BucketRule bucket() const { return {MonotonicTime::duration(1min) / per_minute, per_minute}; }
};

/// What became of a request, and what its caller is told.
struct RateVerdict {
    bool allowed = true;
    std::uint32_t limit = 0;                ///< RateRule::per_minute
    std::uint32_t remaining = 0;            ///< requests that would be allowed now
    MonotonicTime::duration retry_after{};  ///< until one is allowed again; zero when this one was
    MonotonicTime::duration reset_after{};  ///< until the whole allowance is there again
};

/// Takes one request out of the bucket when there is one; a refused request costs nothing.
RateVerdict take_one(TokenBucket& bucket, const RateRule& rule, MonotonicTime now);

}  // namespace outpost::api
