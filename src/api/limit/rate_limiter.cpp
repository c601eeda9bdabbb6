#include "api/limit/rate_limiter.hpp"

#include "api/envelope/envelope.hpp"

#include <algorithm>
#include <vector>

namespace outpost::api {

RateLimiter::RateLimiter(RateRule rule, std::size_t callers_max)
    : rule_(rule), stripe_callers_max_(callers_max / kStripes) {
    ASSERT(rule_.per_minute >= 1 && stripe_callers_max_ >= 1);
}

RateVerdict RateLimiter::take(std::string_view caller, MonotonicTime now) {
    Stripe& stripe = stripes_[Hash()(caller) % kStripes];
    const std::lock_guard lock(stripe.mutex);
    auto found = stripe.buckets.find(caller);
    if (found == stripe.buckets.end()) {
        if (stripe.buckets.size() >= stripe_callers_max_) make_room(stripe, now);
        found = stripe.buckets.emplace(std::string(caller), TokenBucket()).first;
    }
    return take_one(found->second, rule_, now);
}

void RateLimiter::make_room(Stripe& stripe, MonotonicTime now) const {
    std::erase_if(stripe.buckets, [now](const auto& entry) { return entry.second.full_at() <= now; });
    if (stripe.buckets.size() < stripe_callers_max_) return;
    std::vector<MonotonicTime> times;
    for (const auto& [caller, bucket] : stripe.buckets) times.push_back(bucket.full_at());
    const auto quarter = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 4);
    std::ranges::nth_element(times, quarter);
    std::erase_if(stripe.buckets, [limit = *quarter](const auto& entry) { return entry.second.full_at() <= limit; });
}

std::size_t RateLimiter::callers() {
    std::size_t count = 0;
    for (Stripe& stripe : stripes_) {
        const std::lock_guard lock(stripe.mutex);
        count += stripe.buckets.size();
    }
    return count;
}

void add_rate_fields(http::Headers& headers, const RateVerdict& verdict, TimePoint now) {
    const TimePoint reset = now + std::chrono::ceil<Milliseconds>(verdict.reset_after);
    const auto reset_seconds = std::chrono::ceil<std::chrono::seconds>(reset).time_since_epoch().count();
    headers.add("X-RateLimit-Limit", std::to_string(verdict.limit));
    headers.add("X-RateLimit-Remaining", std::to_string(verdict.remaining));
    headers.add("X-RateLimit-Reset", std::to_string(reset_seconds));
}

http::ServerResponse rate_limited_response(const RateVerdict& verdict) {
    http::ServerResponse response = error_response(429, "rate limit exceeded");
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(verdict.retry_after).count();
    response.headers.add("Retry-After", std::to_string(std::max<std::int64_t>(seconds, 1)));
    return response;
}

}  // namespace outpost::api
