#include "pipeline/dispatch/send_rate.hpp"

#include <gtest/gtest.h>

namespace outpost::pipeline {
namespace {

using namespace std::chrono_literals;

const MonotonicTime kStart = MonotonicTime() + 1h;

/// Takes whenever it can for so long, looking every `step`; the instants at which it could.
std::vector<MonotonicTime> taken(const BucketRule& rule, MonotonicTime from, MonotonicTime::duration length,
                                 MonotonicTime::duration step) {
    TokenBucket bucket(from);
    std::vector<MonotonicTime> instants;
    for (MonotonicTime now = from; now < from + length; now += step)
        while (bucket.take(rule, now)) instants.push_back(now);
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

TEST(SendRate, LetsTenASecondThroughInEverySecond) {  // hard-cases T-44
    const auto instants = taken(send_rate(10), kStart, 10s, 1ms);
    EXPECT_EQ(instants.size(), 100u);
    EXPECT_LE(most_in_a_second(instants), 11u);
}

TEST(SendRate, KeepsAHighRateThoughItIsLookedAtSeldom) {
    const auto instants = taken(send_rate(1000), kStart, 10s, 20ms);
    EXPECT_GE(instants.size(), 9'990u);
    EXPECT_LE(most_in_a_second(instants), 1'050u);
}

}  // namespace
}  // namespace outpost::pipeline
