#include "pipeline/dispatch/token_bucket.hpp"

#include <gtest/gtest.h>

namespace outpost::pipeline {
namespace {

using namespace std::chrono_literals;

const MonotonicTime kStart = MonotonicTime() + 1h;

/// Takes whenever it can for so long, looking every `step`; the instants at which it could.
std::vector<MonotonicTime> taken(TokenBucket& bucket, MonotonicTime from, MonotonicTime::duration length,
                                 MonotonicTime::duration step) {
    std::vector<MonotonicTime> instants;
    for (MonotonicTime now = from; now < from + length; now += step)
        while (bucket.take(now)) instants.push_back(now);
    return instants;
}

std::size_t most_in_a_second(const std::vector<MonotonicTime>& instants) {
    std::size_t most = 0;
    for (std::size_t first = 0, last = 0; last < instants.size(); ++last) {
        while (instants[last] - instants[first] >= 1s) ++first;
        most = std::max(most, last - first + 1);
    }
    return most;
}

TEST(TokenBucket, LetsTenASecondThroughInEverySecond) {  // hard-cases T-44
    TokenBucket bucket(10, kStart);
    const auto instants = taken(bucket, kStart, 10s, 1ms);
    EXPECT_EQ(instants.size(), 100u);
    EXPECT_LE(most_in_a_second(instants), 11u);
}

TEST(TokenBucket, KeepsAHighRateThoughItIsLookedAtSeldom) {
    TokenBucket bucket(1000, kStart);
    const auto instants = taken(bucket, kStart, 10s, 20ms);
    EXPECT_GE(instants.size(), 9'990u);
    EXPECT_LE(most_in_a_second(instants), 1'050u);
}

TEST(TokenBucket, SavesNothingUpOverAPause) {
    TokenBucket bucket(10, kStart);
    EXPECT_TRUE(bucket.take(kStart));
    EXPECT_FALSE(bucket.take(kStart));
    EXPECT_TRUE(bucket.take(kStart + 1h));
    EXPECT_FALSE(bucket.take(kStart + 1h));
}

TEST(TokenBucket, SaysWhenItIsReadyAndWhenItHasRested) {
    TokenBucket slow(1, kStart);
    EXPECT_EQ(slow.ready_at(), kStart);
    slow.take(kStart);
    EXPECT_EQ(slow.ready_at(), kStart + 1s);
    EXPECT_FALSE(slow.take(slow.ready_at() - 1ns));
    EXPECT_TRUE(slow.take(slow.ready_at()));
    TokenBucket fast(100, kStart);
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(fast.take(kStart));
    EXPECT_FALSE(fast.take(kStart));
    EXPECT_EQ(fast.ready_at(), kStart + 10ms);
    EXPECT_EQ(fast.rested_at(), kStart + 50ms);
}

}  // namespace
}  // namespace outpost::pipeline
