#include "base/token_bucket.hpp"

#include <gtest/gtest.h>

namespace outpost {
namespace {

using namespace std::chrono_literals;

const MonotonicTime kStart = MonotonicTime() + 1h;

TEST(TokenBucket, SavesNothingUpOverAPause) {
    const BucketRule rule{.interval = 100ms, .burst = 1};
    TokenBucket bucket(kStart);
    EXPECT_TRUE(bucket.take(rule, kStart));
    EXPECT_FALSE(bucket.take(rule, kStart));
    EXPECT_TRUE(bucket.take(rule, kStart + 1h));
    EXPECT_FALSE(bucket.take(rule, kStart + 1h));
}

TEST(TokenBucket, SaysWhenItIsReadyAndWhenItIsFull) {
    const BucketRule slow_rule{.interval = 1s, .burst = 1};
    TokenBucket slow(kStart);
    EXPECT_EQ(slow.ready_at(slow_rule), kStart);
    slow.take(slow_rule, kStart);
    EXPECT_EQ(slow.ready_at(slow_rule), kStart + 1s);
    EXPECT_FALSE(slow.take(slow_rule, slow.ready_at(slow_rule) - 1ns));
    EXPECT_TRUE(slow.take(slow_rule, slow.ready_at(slow_rule)));
    const BucketRule fast_rule{.interval = 10ms, .burst = 5};
    TokenBucket fast(kStart);
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(fast.take(fast_rule, kStart));
    EXPECT_FALSE(fast.take(fast_rule, kStart));
    EXPECT_EQ(fast.ready_at(fast_rule), kStart + 10ms);
    EXPECT_EQ(fast.full_at(), kStart + 50ms);
}

}  // namespace
}  // namespace outpost
