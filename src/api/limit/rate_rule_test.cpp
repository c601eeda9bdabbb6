#include "api/limit/rate_rule.hpp"

#include <gtest/gtest.h>

namespace outpost::api {
namespace {

const MonotonicTime kStart = MonotonicTime() + 1h;

struct Step {
    std::chrono::milliseconds at;  // since kStart
    bool allowed;
    std::uint32_t remaining;
    std::chrono::milliseconds retry_after;
    std::chrono::milliseconds reset_after;
};

/// Three a minute: one comes back every 20 s.
const std::vector<Step> kSteps = {
    {0ms, true, 2, 0ms, 20'000ms},         {0ms, true, 1, 0ms, 40'000ms},
    {0ms, true, 0, 0ms, 60'000ms},         {0ms, false, 0, 20'000ms, 60'000ms},  // a burst is the whole allowance
    {19'999ms, false, 0, 1ms, 40'001ms},                                         // what was refused has cost nothing
    {20'000ms, true, 0, 0ms, 60'000ms},    {20'000ms, false, 0, 20'000ms, 60'000ms},
    {65'000ms, true, 1, 0ms, 35'000ms},     // two came back, one is taken, a quarter is on its way
    {1'000'000ms, true, 2, 0ms, 20'000ms},  // it never holds more than the allowance
    {1'000'000ms, true, 1, 0ms, 40'000ms},
};

TEST(RateRule, FollowsTheTable) {
    TokenBucket bucket;
    for (const Step& step : kSteps) {
        const RateVerdict verdict = take_one(bucket, {3}, kStart + step.at);
        SCOPED_TRACE(step.at.count());
        EXPECT_EQ(verdict.allowed, step.allowed);
        EXPECT_EQ(verdict.limit, 3u);
        EXPECT_EQ(verdict.remaining, step.remaining);
        EXPECT_EQ(verdict.retry_after, step.retry_after);
        EXPECT_EQ(verdict.reset_after, step.reset_after);
    }
}

TEST(RateRule, LetsThroughWhatWasPromisedWhateverTheRate) {
    for (const std::uint32_t per_minute : {1u, 7u, 240u, 1'000'000u}) {
        TokenBucket bucket;
        const RateRule rule{per_minute};
        std::uint32_t at_once = 0;
        while (take_one(bucket, rule, kStart).allowed) ++at_once;
        EXPECT_EQ(at_once, per_minute);
        const auto refused = take_one(bucket, rule, kStart);
        EXPECT_FALSE(take_one(bucket, rule, kStart + refused.retry_after - 1ns).allowed);
        EXPECT_TRUE(take_one(bucket, rule, kStart + refused.retry_after).allowed);
    }
}

}  // namespace
}  // namespace outpost::api
