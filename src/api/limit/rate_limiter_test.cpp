#include "api/limit/rate_limiter.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace outpost::api {
namespace {

const MonotonicTime kStart = MonotonicTime() + 1h;

std::uint32_t allowed_of(RateLimiter& limiter, std::string_view caller, int requests, MonotonicTime now = kStart) {
    std::uint32_t allowed = 0;
    for (int i = 0; i < requests; ++i) allowed += limiter.take(caller, now).allowed ? 1 : 0;
    return allowed;
}

TEST(RateLimiter, GivesEachCallerAnAllowanceOfItsOwn) {
    RateLimiter limiter({5});
    EXPECT_EQ(allowed_of(limiter, "", 10), 5u);
    EXPECT_EQ(allowed_of(limiter, "acme", 10), 5u);
    EXPECT_EQ(allowed_of(limiter, "acme2", 3), 3u);
    EXPECT_EQ(allowed_of(limiter, "acme", 1), 0u);
}

TEST(RateLimiter, IsOneForAllShards) {
    RateLimiter limiter({1000});
    std::atomic<std::uint32_t> allowed = 0;
    {
        std::vector<std::jthread> shards;
        for (int shard = 0; shard < 4; ++shard)
            shards.emplace_back([&] { allowed += allowed_of(limiter, "acme", 500); });
    }
    EXPECT_EQ(allowed, 1000u);
}

TEST(RateLimiter, ForgetsWhoseAllowanceIsWholeBeforeAnybodyElse) {
    RateLimiter limiter({60}, RateLimiter::kStripes * 8);
    for (int i = 0; i < 100; ++i) allowed_of(limiter, fmt::format("old {}", i), 1);
    EXPECT_EQ(allowed_of(limiter, "busy", 100, kStart + 2s), 60u);
    for (int i = 0; i < 5000; ++i) allowed_of(limiter, fmt::format("new {}", i), 1, kStart + 2s + 1ms * i);
    EXPECT_LE(limiter.callers(), RateLimiter::kStripes * 8);
    EXPECT_LE(allowed_of(limiter, "busy", 100, kStart + 7s), 5u) << "who has used the most is kept";
}

TEST(RateLimiter, StaysWithinItsBoundWhenEverybodyIsBusy) {
    constexpr std::size_t kMost = RateLimiter::kStripes * 4;
    RateLimiter limiter({2}, kMost);
    for (int i = 0; i < 2000; ++i) {
        EXPECT_TRUE(limiter.take(fmt::format("caller {}", i), kStart).allowed) << "a caller pays for no other";
        ASSERT_LE(limiter.callers(), kMost);
    }
}

// api.md §1, managed form.
TEST(RateFields, SayLimitRemainderAndUnixSecondOfTheReset) {
    http::Headers headers;
    add_rate_fields(headers, {.limit = 240, .remaining = 17, .reset_after = 1500ms}, from_unix_ms(1'700'000'000'100));
    EXPECT_EQ(headers.find("X-RateLimit-Limit"), "240");
    EXPECT_EQ(headers.find("X-RateLimit-Remaining"), "17");
    EXPECT_EQ(headers.find("X-RateLimit-Reset"), "1700000002");
}

TEST(RateLimitedResponse, IsTheEnvelopeWithWholeSecondsToWait) {
    const auto response = rate_limited_response({.allowed = false, .retry_after = 1001ms});
    EXPECT_EQ(response.status, 429);
    EXPECT_EQ(response.body, R"({"status":429,"message":"rate limit exceeded"})");
    EXPECT_EQ(response.headers.find("Retry-After"), "2");
    EXPECT_EQ(rate_limited_response({.allowed = false, .retry_after = 1ns}).headers.find("Retry-After"), "1");
}

}  // namespace
}  // namespace outpost::api
