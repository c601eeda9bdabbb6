#include "model/send_limits.hpp"

#include <gtest/gtest.h>

namespace outpost::model {
namespace {

TEST(SendLimits, AreReadFromTheConfig) {
    const SendLimits limits = send_limits(
        {{"url", "x"}, {"timeout_seconds", "30"}, {"rate_limit_per_second", "10"}, {"max_concurrency", "1"}});
    EXPECT_EQ(limits.timeout, std::chrono::seconds(30));
    EXPECT_EQ(limits.per_second, 10u);
    EXPECT_EQ(limits.concurrency_max, 1u);
    EXPECT_EQ(send_limits({{"url", "x"}}), SendLimits{});
}

TEST(SendLimits, OutOfTheirBoundsCountAsNotSet) {
    for (const char* text : {"", "0", "-1", "1.5", "1e+06", "ten", " 1", "10001", "99999999999"}) {
        const SendLimits limits =
            send_limits({{"timeout_seconds", text}, {"rate_limit_per_second", text}, {"max_concurrency", text}});
        EXPECT_EQ(limits, SendLimits{}) << text;
    }
    EXPECT_EQ(send_limits({{"timeout_seconds", "300"}}).timeout, std::chrono::seconds(300));
    EXPECT_EQ(send_limits({{"timeout_seconds", "301"}}).timeout, std::nullopt);
    EXPECT_EQ(send_limits({{"max_concurrency", "257"}}).concurrency_max, std::nullopt);
}

TEST(SendLimits, AreToldTheirBoundsWhenTheyAreWritten) {
    using Pairs = std::vector<std::pair<std::string, std::string>>;
    EXPECT_EQ(check_send_limits({{"timeout_seconds", "301"}, {"rate_limit_per_second", "x"}, {"max_concurrency", "0"}}),
              (Pairs{{"config.timeout_seconds", "must be a whole number from 1 to 300"},
                     {"config.rate_limit_per_second", "must be a whole number from 1 to 10000"},
                     {"config.max_concurrency", "must be a whole number from 1 to 256"}}));
    EXPECT_EQ(check_send_limits({{"timeout_seconds", "300"}, {"rate_limit_per_second", ""}, {"url", "x"}}), Pairs());
}

}  // namespace
}  // namespace outpost::model
