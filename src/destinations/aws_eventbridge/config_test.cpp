#include "destinations/aws_eventbridge/config.hpp"

#include <gtest/gtest.h>

namespace outpost::aws_eventbridge {
namespace {

TEST(BusConfigs, CallTheRegionsHost) {  // destinations.md §12
    model::Destination destination;
    destination.config = {{"region", "eu-west-1"}};
    EXPECT_EQ(parse_config(destination).root.origin(), "https://events.eu-west-1.amazonaws.com:443");
    EXPECT_EQ(parse_config(destination).bus, "");
}

TEST(BusConfigs, ShortenNames) {
    EXPECT_EQ(short_name(""), "default");
    EXPECT_EQ(short_name("orders"), "orders");
    EXPECT_EQ(short_name("arn:aws:events:eu-west-1:123456789012:event-bus/acme/orders"), "acme/orders");
    EXPECT_EQ(short_name("my-event-bus/x"), "my-event-bus/x");
}

}  // namespace
}  // namespace outpost::aws_eventbridge
