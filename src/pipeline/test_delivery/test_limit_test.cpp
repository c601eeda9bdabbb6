#include "pipeline/test_delivery/test_limit.hpp"

#include <gtest/gtest.h>

namespace outpost::pipeline {
namespace {

using std::chrono::seconds;

TEST(TestLimit, AllowsTenAMinuteAndSaysHowLongToWait) {
    TestLimit limit;
    const MonotonicTime start{};
    for (int i = 0; i < 10; ++i) EXPECT_EQ(limit.take(1, start + seconds(i)), std::nullopt) << i;
    EXPECT_EQ(limit.take(1, start + seconds(10)), seconds(50));
    EXPECT_EQ(limit.take(1, start + std::chrono::milliseconds(59'500)), seconds(1)) << "never told to come too early";
    EXPECT_EQ(limit.take(1, start + seconds(60)), std::nullopt);
    EXPECT_EQ(limit.take(1, start + seconds(60)), seconds(1)) << "the second one was sent a second after the first";
}

TEST(TestLimit, CountsEachDestinationByItself) {
    TestLimit limit;
    for (int i = 0; i < 10; ++i) EXPECT_EQ(limit.take(1, MonotonicTime{}), std::nullopt);
    EXPECT_TRUE(limit.take(1, MonotonicTime{}).has_value());
    EXPECT_EQ(limit.take(2, MonotonicTime{}), std::nullopt);
}

TEST(TestLimit, RemembersABoundedNumberOfDestinations) {
    TestLimit limit;
    for (std::uint32_t i = 0; i < kTestedDestinationsMax; ++i) EXPECT_EQ(limit.take(i, MonotonicTime{}), std::nullopt);
    EXPECT_EQ(limit.take(kTestedDestinationsMax, MonotonicTime{}), seconds(60));
    EXPECT_EQ(limit.take(0, MonotonicTime{}), std::nullopt) << "one that is known goes on";
    EXPECT_EQ(limit.take(kTestedDestinationsMax, MonotonicTime{} + seconds(60)), std::nullopt);
}

}  // namespace
}  // namespace outpost::pipeline
