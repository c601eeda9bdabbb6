#include "destinations/aws_eventbridge/publisher.hpp"

#include "destinations/aws/testing/deliveries.hpp"
#include "destinations/aws_eventbridge/testing/bus_far_end.hpp"

#include <gtest/gtest.h>

namespace outpost::aws_eventbridge {
namespace {

class EventBridgeDelivery : public aws::Deliveries<BusFarEnd> {};

TEST_F(EventBridgeDelivery, PutsTheEntryOfTheContract) {  // destinations.md §12, §13.4
    event.time += 500ms;
    const model::Outcome outcome = deliver(it.good());
    EXPECT_EQ(outcome.code, "OK");
    EXPECT_EQ(outcome.response_data, R"({"event_id":"11710aed-b79e"})");
    EXPECT_EQ(header("X-Amz-Target"), "AWSEvents.PutEvents");
    EXPECT_EQ(header("Content-Type"), "application/x-amz-json-1.1");
    EXPECT_TRUE(header("Authorization").contains("/eu-west-1/events/aws4_request"));
    const json::object entry = it.last();
    EXPECT_EQ(entry.size(), 5u);
    EXPECT_EQ(entry.at("Source").as_string(), "outpost");
    EXPECT_EQ(entry.at("DetailType").as_string(), "orders");
    EXPECT_EQ(entry.at("Detail").as_string(), aws::kExampleEnvelope);
    EXPECT_EQ(entry.at("EventBusName").as_string(), "orders");
    EXPECT_EQ(entry.at("Time").as_int64(), 1'717'230'216);
}

TEST_F(EventBridgeDelivery, LeavesTheBusOutForTheDefaultOneAndNamesEventsWithoutATopic) {
    model::Destination destination = it.good();
    destination.config.erase("event_bus_name");
    event.topic = "";
    EXPECT_EQ(deliver(destination).code, "OK");
    EXPECT_FALSE(it.last().contains("EventBusName"));
    EXPECT_EQ(it.last().at("DetailType").as_string(), "event");
}

TEST_F(EventBridgeDelivery, CannotFormatATopicOverTheLimit) {
    event.topic.clear();
    for (int i = 0; i < 128; ++i) event.topic += "\u00fc";
    EXPECT_EQ(deliver(it.good()).code, "OK");
    event.topic += "x";
    EXPECT_EQ(deliver(it.good()).response_data, R"({"error":"could not format event for delivery"})");
}

TEST_F(EventBridgeDelivery, FailsWhenTheEntryIsRefusedInAnAnswerOfSuccess) {
    const model::Outcome outcome = deliver(*it.cause(ports::conformance::Trouble::missing_target));
    EXPECT_EQ(outcome.code, "ERR");
    EXPECT_EQ(outcome.response_data, R"({"error":"NotFound: no bus","error_code":"NotFound"})");
}

TEST_F(EventBridgeDelivery, DoesNotTakeAnotherServersPageForSuccess) {
    for (const char* body : {"<html>", "{}", R"({"Entries":[]})", R"({"Entries":[{}]})", R"({"Entries":[7]})"}) {
        it.answer_with([body](const http::FakeRequest&) { return http::FakeAnswer{.body = body}; });
        EXPECT_EQ(deliver(it.good()).response_data,
                  R"({"error":"operation error EventBridge: PutEvents, the answer is not one of EventBridge"})")
            << body;
    }
}

}  // namespace
}  // namespace outpost::aws_eventbridge
