// The requests a minute that each caller may make (API_RATE_LIMIT_PER_MINUTE; header names of api.md §1, managed form).
#pragma once

#include "api/limit/rate_rule.hpp"
#include "net/http/server.hpp"

#include <array>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace outpost::api {

/// Callers that are remembered at once, all shards together. One whose allowance is whole again is forgotten first,
/// which changes nothing for it; then, a quarter at a time, those that have used the least.
inline constexpr std::size_t kLimitedCallersMax = 65'536;

/// One for the whole process: a caller's connections lie on several shards, and all of them draw from one bucket. An
/// exception to "no mutex" (style.md §5) on purpose: the alternatives are a part of the limit a shard, which is wrong
/// for a caller with one connection, or a message to another shard for every request. A lock is held for one look into
/// a hash table, and only when a limit is set.
class RateLimiter {
public:
    /// @param callers_max  at least kStripes
    explicit RateLimiter(RateRule rule, std::size_t callers_max = kLimitedCallersMax);

    /// One request of a caller. Any thread.
    /// @param caller  a tenant, all of whose tokens count together; empty is the API key
    RateVerdict take(std::string_view caller, MonotonicTime now);

    /// How many callers are remembered. Any thread.
    std::size_t callers();

    static constexpr std::size_t kStripes = 16;

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    struct Stripe {
        std::mutex mutex;
        std::unordered_map<std::string, TokenBucket, Hash, std::equal_to<>> buckets;
    };
    void make_room(Stripe& stripe, MonotonicTime now) const;

    const RateRule rule_;
    const std::size_t stripe_callers_max_;
    std::array<Stripe, kStripes> stripes_;
};

/// X-RateLimit-Limit, -Remaining and -Reset (Unix seconds at which the whole allowance is there again).
void add_rate_fields(http::Headers& headers, const RateVerdict& verdict, TimePoint now);

/// 429 with the envelope and Retry-After in whole seconds, at least 1. Without the fields of add_rate_fields().
http::ServerResponse rate_limited_response(const RateVerdict& verdict);

}  // namespace outpost::api
