#include "destinations/aws_kinesis/publisher.hpp"

#include "destinations/aws/testing/deliveries.hpp"
#include "destinations/aws_kinesis/testing/stream_far_end.hpp"

#include <gtest/gtest.h>

namespace outpost::aws_kinesis {
namespace {

struct PlainStream : StreamFarEnd {
    PlainStream() : StreamFarEnd({.user_agent = "Outpost/test", .kinesis_metadata_in_payload = false}) {}
};

class KinesisDelivery : public aws::Deliveries<StreamFarEnd> {
protected:
    std::string key(std::string expression) {
        model::Destination destination = it.good();
        destination.config["partition_key_template"] = std::move(expression);
        deliver(destination);
        return it.last_key;
    }
};

class PlainKinesisDelivery : public aws::Deliveries<PlainStream> {};

TEST_F(KinesisDelivery, PutsTheRecordOfTheContract) {  // destinations.md §6, §13.4
    const model::Outcome outcome = deliver(it.good());
    EXPECT_EQ(outcome.code, "OK");
    EXPECT_EQ(outcome.response_data,
              R"({"shard_id":"shardId-000000000001","sequence_number":"4957","partition_key":"evt_123"})");
    EXPECT_EQ(it.last_record, aws::kExampleEnvelope);
    EXPECT_EQ(header("X-Amz-Target"), "Kinesis_20131202.PutRecord");
    EXPECT_EQ(header("Content-Type"), "application/x-amz-json-1.1");
    EXPECT_TRUE(header("Authorization").contains("/eu-west-1/kinesis/aws4_request"));
    EXPECT_TRUE(request().body.contains(
        "\"Data\":"
        "\"eyJkYXRhIjp7Im9yZGVyX2lkIjoiMTIzIiwic3RhdHVzIjoiY3JlYXRlZCJ9LCJtZXRhZGF0YSI6eyJldmVudC1pZCI6ImV2dF8x"
        "MjMiLCJyZWdpb24iOiJldSIsInNvdXJjZSI6ImFcdTAwM2NiXHUwMDI2YyIsInRpbWVzdGFtcCI6IjIwMjQtMDYtMDFUMDg6MjM6MzZaIiwidG"
        "9w"
        "aWMiOiJvcmRlcnMifX0=\""));
}

TEST_F(KinesisDelivery, PicksThePartitionKeyByTheTemplate) {  // §1.11
    EXPECT_EQ(key("data.order_id"), "123");
    EXPECT_EQ(key("metadata.\"event-id\""), "evt_123");
    EXPECT_EQ(key("join('-', [metadata.topic, data.status])"), "orders-created");
    event.data = Bytes(std::string(R"({"n":1234567,"lone":"\ud800"})"));
    EXPECT_EQ(key("data.n"), "1.234567e+06");
}

TEST_F(KinesisDelivery, FallsBackToTheEventsId) {
    event.metadata["event-id"] = "forged";
    for (const char* expression : {"data.missing", "data.", "abs('x')", "''", "nope(@)"})
        EXPECT_EQ(key(expression), "evt_123") << expression;
}

TEST_F(PlainKinesisDelivery, PutsTheDataAloneWhenTheOperatorSaysSo) {
    model::Destination destination = it.good();
    destination.config["partition_key_template"] = "order_id";
    EXPECT_EQ(deliver(destination).code, "OK");
    EXPECT_EQ(it.last_record, R"({"order_id":"123","status":"created"})");
    EXPECT_EQ(it.last_key, "123");
    destination.config["partition_key_template"] = "metadata.topic";
    deliver(destination);
    EXPECT_EQ(it.last_key, "evt_123");
}

TEST_F(KinesisDelivery, DoesNotTakeAnotherServersPageForSuccess) {
    for (const char* body : {"<html>", "{}", R"({"ShardId":1,"SequenceNumber":"2"})"}) {
        it.answer_with([body](const http::FakeRequest&) { return http::FakeAnswer{.body = body}; });
        EXPECT_EQ(deliver(it.good()).response_data,
                  R"({"error":"operation error Kinesis: PutRecord, the answer is not one of Kinesis"})");
    }
}

}  // namespace
}  // namespace outpost::aws_kinesis
