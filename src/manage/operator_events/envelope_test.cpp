#include "manage/operator_events/envelope.hpp"

#include "base/json.hpp"
#include "manage/fakes/fake_type.hpp"

#include <gtest/gtest.h>

namespace outpost::manage {
namespace {

constexpr TimePoint kThen = TimePoint(Milliseconds(1'767'323'045'678));

ports::OperatorNotice a_notice(std::string_view topic) {
    auto event = std::make_shared<model::Event>();
    event->id = EventId("e1");
    event->tenant_id = TenantId("t1");
    event->topic = "user.created";
    event->time = kThen;
    event->metadata = {{"k", "v"}};
    event->data = Bytes(R"({"n":1.0})");
    ports::OperatorNotice notice{.topic = std::string(topic),
                                 .source = "a1",
                                 .time = kThen,
                                 .tenant_id = TenantId("t1"),
                                 .detail = R"({"current":5,"max":10,"threshold":50})"};
    notice.attempt.emplace();
    notice.attempt->attempt = {.id = AttemptId("a1"),
                               .number = 3,
                               .time = kThen,
                               .code = "500",
                               .response_data = R"({"status":500})",
                               .destination_type = "webhook"};
    notice.attempt->tenant_id = TenantId("t1");
    notice.attempt->event_id = EventId("e1");
    notice.attempt->destination_id = DestinationId("d1");
    notice.attempt->event = event;
    notice.matched = {DestinationId("d1"), DestinationId("d2")};
    notice.destination.emplace();
    notice.destination->id = DestinationId("d1");
    notice.destination->tenant_id = TenantId("t1");
    notice.destination->type = "webhook";
    notice.destination->topics = {"*"};
    notice.destination->config = {{"url", "https://e.com"}};
    notice.destination->created_at = kThen;
    return notice;
}

class Envelope : public testing::Test {
protected:
    fakes::FakeType webhook{"webhook"};
    Catalog catalog{{&webhook}};
};

const std::string kEventAndAttempt =
    R"("event":{"id":"e1","tenant_id":"t1","destination_id":"d1","matched_destination_ids":["d1","d2"],)"
    R"("topic":"user.created","eligible_for_retry":true,"time":"2026-01-02T03:04:05.678Z","metadata":{"k":"v"},)"
    R"("data":{"n":1.0}},"attempt":{"id":"a1","tenant_id":"t1","event_id":"e1","destination_id":"d1",)"
    R"("destination_type":"webhook","attempt_number":3,"manual":false,"status":"failed",)"
    R"("time":"2026-01-02T03:04:05.678Z","code":"500","response_data":{"status":500}})";

TEST_F(Envelope, TellsOfAConsecutiveFailure) {  // pipeline.md §12.2–12.3
    const auto notice = a_notice(ports::kTopicConsecutiveFailure);
    EXPECT_EQ(operator_envelope(notice, catalog, "blue"),
              fmt::format(R"({{"id":"{}","topic":"alert.destination.consecutive_failure",)"
                          R"("time":"2026-01-02T03:04:05.678Z","deployment_id":"blue","tenant_id":"t1","data":)"
                          R"({{"tenant_id":"t1",{},"destination":{{"id":"d1","tenant_id":"t1","type":"webhook",)"
                          R"("topics":["*"],"config":{{"url":"https://e.com"}},)"
                          R"("created_at":"2026-01-02T03:04:05.678Z","disabled_at":null}},)"
                          R"("consecutive_failures":{{"current":5,"max":10,"threshold":50}}}}}})",
                          operator_event_id(notice.topic, "a1"), kEventAndAttempt));
}

TEST_F(Envelope, TellsOfADisabledDestination) {
    auto notice = a_notice(ports::kTopicDisabled);
    notice.detail = "consecutive_failure";
    notice.destination->disabled_at = kThen + Milliseconds(1);
    const auto envelope = parse_json(operator_envelope(notice, catalog, ""));
    ASSERT_TRUE(envelope.has_value());
    EXPECT_FALSE(envelope->as_object().contains("deployment_id"));
    const auto& data = envelope->at("data").as_object();
    EXPECT_EQ(data.at("reason").as_string(), "consecutive_failure");
    EXPECT_EQ(data.at("disabled_at").as_string(), "2026-01-02T03:04:05.679Z");
    EXPECT_EQ(data.at("destination").at("disabled_at").as_string(), "2026-01-02T03:04:05.679Z");
    EXPECT_EQ(data.size(), 6u);
}

TEST_F(Envelope, TellsOfAnAttemptAndOfExhaustedRetriesWithoutMore) {
    for (const auto topic : {ports::kTopicExhausted, ports::kTopicAttemptSuccess, ports::kTopicAttemptFailed}) {
        const auto envelope = parse_json(operator_envelope(a_notice(topic), catalog, ""));
        ASSERT_TRUE(envelope.has_value());
        EXPECT_EQ(envelope->at("data").as_object().size(), 4u) << topic;
    }
}

TEST_F(Envelope, GivesTheDataOfASubscriptionAsItIs) {
    const ports::OperatorNotice notice{.topic = std::string(ports::kTopicSubscription),
                                       .source = "1/2",
                                       .time = kThen,
                                       .tenant_id = TenantId("t1"),
                                       .detail = R"({"tenant_id":"t1","topics":[]})"};
    EXPECT_TRUE(operator_envelope(notice, catalog, "").ends_with(R"("data":{"tenant_id":"t1","topics":[]}})"));
}

TEST_F(Envelope, HasNoSecretInIt) {  // decision C5
    auto notice = a_notice(ports::kTopicDisabled);
    notice.destination->credentials = {{"secret", "whsec_very_secret"}};
    notice.destination->delivery_metadata = {{"x-token", "token_very_secret"}};
    EXPECT_EQ(operator_envelope(notice, catalog, "").find("very_secret"), std::string::npos);
}

TEST_F(Envelope, NamesTheSameFactTheSame) {  // decision C3
    const std::string id = operator_event_id("attempt.failed", "a1");
    EXPECT_EQ(id, operator_event_id("attempt.failed", "a1"));
    EXPECT_NE(id, operator_event_id("attempt.success", "a1"));
    EXPECT_NE(id, operator_event_id("attempt.failed", "a2"));
    EXPECT_EQ(id.size(), 36u);
    EXPECT_EQ(id[14], '8');
    EXPECT_NE(std::string_view("89ab").find(id[19]), std::string_view::npos);
}

}  // namespace
}  // namespace outpost::manage
