#include "destinations/aws_sqs/publisher.hpp"

#include "destinations/aws_sqs/testing/sqs_far_end.hpp"

#include <gtest/gtest.h>

namespace outpost::aws_sqs {
namespace {

const TimePoint kTime = from_unix_ms(1'717'230'216'000);

class SqsDelivery : public testing::Test {
protected:
    model::Outcome deliver(const model::Destination& destination) {
        auto stored = std::make_shared<model::StoredDestination>();
        stored->destination = destination;
        auto publisher = it.provider().open(stored);
        EXPECT_TRUE(publisher.has_value());
        preview = (*publisher)->preview(event(), kTime);
        model::Delivery delivery{.event = std::make_shared<const model::Event>(event())};
        const auto outcome =
            it.wire().run((*publisher)->send(std::move(delivery), kTime, Deadline::after(it.clock(), 20s)));
        EXPECT_TRUE(outcome.has_value());
        return *outcome;
    }
    model::Event event() const {
        model::Event one{.id = EventId(event_id), .topic = topic};
        one.metadata = {{"source", "a<b&c"}, {"region", "eu"}};
        one.data = Bytes(std::string(R"({"order_id":"123","status":"created"})"));
        return one;
    }
    const http::FakeRequest& request() { return it.wire().service.requests.back(); }

    SqsFarEnd it;
    std::string event_id = "evt_123";
    std::string topic = "orders";
    std::optional<ports::RequestPreview> preview;
};

TEST_F(SqsDelivery, SendsTheMessageOfTheContract) {  // destinations.md §5, §13.4
    const model::Outcome outcome = deliver(it.good());
    EXPECT_EQ(outcome.code, "OK");
    EXPECT_EQ(outcome.response_data, "{}");
    EXPECT_EQ(request().method, "POST");
    EXPECT_EQ(request().target, "/");
    EXPECT_EQ(request().headers.find("Content-Type"), "application/x-amz-json-1.0");
    EXPECT_EQ(request().headers.find("X-Amz-Target"), "AmazonSQS.SendMessage");
    EXPECT_EQ(request().headers.find("X-Amz-Date"), "20240601T082336Z");
    EXPECT_EQ(request().headers.find("User-Agent"), "Outpost/test");
    EXPECT_TRUE(request().headers.find("Authorization")->contains("/20240601/us-east-1/sqs/aws4_request"));
    const json::object message = it.last();
    EXPECT_EQ(message.size(), 3u);
    EXPECT_EQ(message.at("QueueUrl").as_string(), it.good().config["queue_url"]);
    EXPECT_EQ(message.at("MessageBody").as_string(), R"({"order_id":"123","status":"created"})");
    const json::object attributes = message.at("MessageAttributes").as_object();
    ASSERT_EQ(attributes.size(), 1u);
    EXPECT_EQ(attributes.at("metadata").as_object().at("DataType").as_string(), "String");
    EXPECT_EQ(
        attributes.at("metadata").as_object().at("StringValue").as_string(),
        R"({"event-id":"evt_123","region":"eu","source":"a\u003cb\u0026c","timestamp":"2024-06-01T08:23:36Z","topic":"orders"})");
}

TEST_F(SqsDelivery, GroupsByTopicAndIdentifiesByEventInFifoQueues) {
    model::Destination fifo = it.good();
    fifo.config["queue_url"] += ".fifo";
    deliver(fifo);
    EXPECT_EQ(it.last().at("MessageGroupId").as_string(), "orders");
    EXPECT_EQ(it.last().at("MessageDeduplicationId").as_string(), "evt_123");
    topic = "";
    event_id = "an id with blanks";
    deliver(fifo);
    EXPECT_EQ(it.last().at("MessageGroupId").as_string(), "event");
    EXPECT_EQ(it.last().at("MessageDeduplicationId").as_string().size(), 64u);
}

TEST_F(SqsDelivery, RecordsWhatSqsSaid) {
    model::Destination missing = *it.cause(ports::conformance::Trouble::missing_target);
    EXPECT_EQ(deliver(missing).response_data,
              R"({"error":"operation error SQS: SendMessage, https response error StatusCode: 400, RequestID: req-1, )"
              R"(QueueDoesNotExist: The specified queue does not exist."})");
}

TEST_F(SqsDelivery, DoesNotTakeAnotherMessagesDigestOrAnotherServersPageForSuccess) {
    it.answer_with([](const http::FakeRequest&) {
        return http::FakeAnswer{.body = R"({"MessageId":"m","MD5OfMessageBody":"00000000000000000000000000000000"})"};
    });
    EXPECT_EQ(deliver(it.good()).response_data,
              R"({"error":"operation error SQS: SendMessage, MD5OfMessageBody does not match what was sent"})");
    it.answer_with([](const http::FakeRequest&) { return http::FakeAnswer{.body = "<html>welcome</html>"}; });
    EXPECT_EQ(deliver(it.good()).code, "ERR");
}

TEST_F(SqsDelivery, ShowsItsRequestWithoutSecrets) {  // portal.md §15a N2
    deliver(it.good());
    ASSERT_TRUE(preview.has_value());
    EXPECT_EQ(preview->method, "POST");
    EXPECT_EQ(preview->url, it.wire().service.url() + "/");
    EXPECT_EQ(preview->body, request().body);
    for (const auto& [name, value] : preview->headers) {
        EXPECT_FALSE(value.contains("Signature=")) << name;
        EXPECT_FALSE(value.contains("c2Vzc2lvbg")) << name;
        if (name != "Authorization" && name != "X-Amz-Security-Token")
            EXPECT_EQ(request().headers.find(name), value) << name;
    }
}

}  // namespace
}  // namespace outpost::aws_sqs
