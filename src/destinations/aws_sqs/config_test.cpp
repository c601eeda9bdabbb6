#include "destinations/aws_sqs/config.hpp"

#include <gtest/gtest.h>

namespace outpost::aws_sqs {
namespace {

std::optional<QueueConfig> parsed(model::StringMap config) {
    model::Destination destination;
    destination.config = std::move(config);
    return parse_config(destination);
}

TEST(SqsConfig, CallsTheQueuesHostInItsRegion) {  // destinations.md §5
    const auto config = parsed({{"queue_url", "https://sqs.eu-west-1.amazonaws.com/123456789012/q"}});
    ASSERT_TRUE(config.has_value());
    EXPECT_EQ(config->root.origin(), "https://sqs.eu-west-1.amazonaws.com:443");
    EXPECT_EQ(config->root.target, "/");
    EXPECT_EQ(config->region, "eu-west-1");
    EXPECT_FALSE(config->is_fifo);
}

TEST(SqsConfig, CallsTheEndpointInsteadButKeepsTheQueuesUrlAndRegion) {
    const auto config = parsed({{"queue_url", "https://sqs.eu-west-1.amazonaws.com/123456789012/q.fifo"},
                                {"endpoint", "http://127.0.0.1:4566/base"}});
    EXPECT_EQ(config->root.origin(), "http://127.0.0.1:4566");
    EXPECT_EQ(config->root.target, "/base/");
    EXPECT_EQ(config->queue_url, "https://sqs.eu-west-1.amazonaws.com/123456789012/q.fifo");
    EXPECT_EQ(config->region, "eu-west-1");
    EXPECT_TRUE(config->is_fifo);
}

TEST(SqsConfig, AsksConfigAndNeverTheEnvironmentForTheRegionOfAnotherHost) {  // decision B17
    setenv("AWS_REGION", "ap-south-1", 1);
    EXPECT_EQ(parsed({{"queue_url", "http://localhost:4566/1/q"}})->region, "us-east-1");
    EXPECT_EQ(parsed({{"queue_url", "http://localhost:4566/1/q"}, {"region", "eu-north-1"}})->region, "eu-north-1");
    unsetenv("AWS_REGION");
}

TEST(SqsConfig, IsNoneForWhatCannotBeParsed) {
    EXPECT_FALSE(parsed({{"queue_url", "http://[::1/q"}}).has_value());
    EXPECT_FALSE(parsed({{"queue_url", "http://h/q"}, {"endpoint", "h:1"}}).has_value());
}

TEST(SqsConfig, FindsTheQueueInTheConsole) {  // §13.4
    EXPECT_EQ(console_url("https://sqs.us-east-1.amazonaws.com/123456789012/test-queue"),
              "https://us-east-1.console.aws.amazon.com/sqs/v3/home?region=us-east-1#/queues/"
              "https%3A%2F%2Fsqs.us-east-1.amazonaws.com%2F123456789012%2Ftest-queue");
    for (const char* other : {"http://localhost:4566/1/q", "https://eu-west-1.queue.amazonaws.com/1/sqs.q", "sqs.x"})
        EXPECT_EQ(console_url(other), "") << other;
}

}  // namespace
}  // namespace outpost::aws_sqs
