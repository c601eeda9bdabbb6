#include "destinations/aws_eventbridge/provider.hpp"

#include "destinations/aws/testing/deliveries.hpp"
#include "destinations/aws_eventbridge/testing/bus_far_end.hpp"

#include <gtest/gtest.h>

namespace outpost::aws_eventbridge {
namespace {

class EventBridgeRules : public aws::Deliveries<BusFarEnd> {};

TEST_F(EventBridgeRules, AreThoseOfTheContract) {  // destinations.md §12
    EXPECT_EQ(verdict({}), "ok");
    EXPECT_EQ(verdict({{"event_bus_name", ""}}), "ok");
    EXPECT_EQ(verdict({{"event_bus_name", "arn:aws-cn:events:cn-north-1:123456789012:event-bus/x"}}), "ok");
    EXPECT_EQ(verdict({{"event_bus_name", "a b"}}), "config.event_bus_name pattern");
    EXPECT_EQ(verdict({{"region", ""}}), "config.region required");
    EXPECT_EQ(verdict({{"region", "us-gov-west-1"}}), "ok");
    EXPECT_EQ(verdict({{"endpoint", "http://"}}), "config.endpoint pattern");
    EXPECT_EQ(verdict({{"endpoint", "http://169.254.169.254"}}), "config.endpoint forbidden");
}

TEST_F(EventBridgeRules, AskForBothKeysOrNone) {
    EXPECT_EQ(verdict({}, {{"secret", ""}}), "credentials.secret required");
    EXPECT_EQ(verdict({}, {{"key", ""}}), "credentials.key required");
    EXPECT_EQ(verdict({}, {{"key", ""}, {"secret", ""}}), "ok");
}

TEST_F(EventBridgeRules, SendNothingInAnothersNameWithoutKeys) {
    model::Destination destination = it.good();
    destination.credentials.clear();
    EXPECT_EQ(deliver(destination).code, "ERR");
    EXPECT_TRUE(it.arrived().empty());
}

TEST_F(EventBridgeRules, NameTheBusAsTheTarget) {
    EXPECT_EQ(it.provider().target(it.good()).text, "orders in eu-west-1");
    model::Destination destination = it.good();
    destination.config.erase("event_bus_name");
    EXPECT_EQ(it.provider().target(destination).text, "default in eu-west-1");
}

}  // namespace
}  // namespace outpost::aws_eventbridge
