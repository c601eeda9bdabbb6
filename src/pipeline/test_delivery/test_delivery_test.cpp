#include "pipeline/test_delivery/test_delivery.hpp"

#include "pipeline/testing/pipeline_fixture.hpp"

#include <gtest/gtest.h>

namespace outpost::pipeline {
namespace {

using pipeline::testing::PipelineFixture;
using ports::fakes::Reply;
using Kind = TestRefusal::Kind;
using Topics = std::vector<std::string>;

TEST(TestTopic, IsOneThatTheDestinationTakes) {
    EXPECT_EQ(test_topic("", {"*"}, {}), "test");
    EXPECT_EQ(test_topic("", {"*"}, {"a", "b"}), "a");
    EXPECT_EQ(test_topic("", {"user.*", "order.paid"}, {"a"}), "order.paid");
}

TEST(TestTopic, MustBeConfiguredOrNamedByTheDestination) {
    EXPECT_EQ(test_topic("anything", {"*"}, {}), "anything");
    EXPECT_EQ(test_topic("b", {"*"}, {"a", "b"}), "b");
    EXPECT_EQ(test_topic("old", {"old"}, {"a"}), "old");
    EXPECT_EQ(test_topic("c", {"*"}, {"a", "b"}), std::nullopt);
    EXPECT_EQ(test_topic("user.*", {"user.*"}, {"a"}), std::nullopt) << "a pattern is no topic";
}

class TestDeliveryTest : public ::testing::Test {
protected:
    TestDeliveryTest() {
        for (const auto& provider : it.providers) {
            publishers.emplace_back(ProviderMap{{"scripted", provider.get()}});
        }
        std::vector<TestSender*> all;
        for (Publishers& each : publishers) {
            senders.push_back(std::make_unique<TestSender>(each, it.stage.clock(), 5s));
            all.push_back(senders.back().get());
        }
        tests.emplace(it.process->views(0), model::TopicRules{.configured = {"user.created", "user.deleted"}},
                      it.stage.clock(), ids, it.stage.shards(), std::move(all));
    }
    std::expected<TestReport, TestRefusal> test(TestRequest request) {
        auto started = start(std::move(request));
        it.clock.advance(5s);
        return started->value();
    }
    std::shared_ptr<std::optional<std::expected<TestReport, TestRefusal>>> start(TestRequest request) {
        return it.stage.start(tests->test(std::move(request), Deadline::never()));
    }
    static TestRequest to(std::string destination, std::string topic = "") {
        return {.tenant = TenantId("t1"),
                .destination = DestinationId(std::move(destination)),
                .topic = std::move(topic),
                .data = {},
                .metadata = {}};
    }

    PipelineFixture it;
    IdGenerator ids{IdType::uuidv7, "evt_", it.stage.clock()};
    std::deque<Publishers> publishers;
    std::vector<std::unique_ptr<TestSender>> senders;
    std::optional<TestDelivery> tests;
};

TEST_F(TestDeliveryTest, IsSentOnceAndStoredNowhere) {  // portal.md §15a N2
    it.destination.next(Reply::failure("503").after(2s).with_response(R"({"status":503,"body":"no"})"));
    const auto report = test(to("d1"));
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(report->outcome.status, model::AttemptStatus::failed);
    EXPECT_EQ(report->outcome.code, "503");
    EXPECT_EQ(report->outcome.response_data, R"({"status":503,"body":"no"})");
    EXPECT_EQ(report->duration, 2s);
    EXPECT_TRUE(report->event_id.value.starts_with("test_evt_"));
    it.clock.advance(24h);
    ASSERT_EQ(it.sent().size(), 1U);
    EXPECT_EQ(it.sent()[0].event_id, report->event_id);
    EXPECT_EQ(it.attempts(), 0U);
    EXPECT_EQ(it.open(), 0U);
    EXPECT_TRUE(it.decisions().empty());
}

TEST_F(TestDeliveryTest, EndsAtTheDeliveryTimeout) {
    it.destination.next(Reply::success().after(1h));
    const auto report = test(to("d1"));
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(report->outcome.code, "timeout");
}

TEST_F(TestDeliveryTest, ADisabledDestinationCanBeTested) {
    it.set_disabled("d1", true);
    EXPECT_TRUE(test(to("d1")).has_value());
    EXPECT_EQ(it.sent().size(), 1U);
}

TEST_F(TestDeliveryTest, RefusesWhatItDoesNotKnow) {
    EXPECT_EQ(test(to("d9")).error().kind, Kind::destination_not_found);
    EXPECT_EQ(test(to("d1", "user.unknown")).error().kind, Kind::topic_invalid);
    EXPECT_TRUE(it.sent().empty());
}

TEST_F(TestDeliveryTest, OurOwnTroubleIsNoResult) {  // decision B11
    it.destination.next(Reply::our_fault());
    EXPECT_EQ(test(to("d1")).error().kind, Kind::unavailable);
}

TEST_F(TestDeliveryTest, ADestinationsBugIsAResult) {  // decision B12
    it.destination.next(Reply::exception());
    EXPECT_EQ(test(to("d1"))->outcome.code, "internal_error");
    it.providers[0]->refuse_to_open("config.url: invalid");
    it.providers[1]->refuse_to_open("config.url: invalid");
    it.touch("d1");
    EXPECT_EQ(test(to("d1"))->outcome.code, "ERR");
}

TEST_F(TestDeliveryTest, ADestinationIsTestedTenTimesAMinuteAtMost) {
    for (int i = 0; i < 10; ++i) EXPECT_TRUE((it.stage.await(tests->test(to("d1"), Deadline::never()))).has_value());
    const auto refused = it.stage.await(tests->test(to("d1"), Deadline::never()));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().kind, Kind::limited);
    EXPECT_EQ(refused.error().retry_after, 60s);
    it.clock.advance(60s);
    EXPECT_TRUE((it.stage.await(tests->test(to("d1"), Deadline::never()))).has_value());
}

TEST_F(TestDeliveryTest, ABoundedNumberOfTestsRunsAtOnce) {
    it.destination.always(Reply::success().after(1h));
    std::vector<std::shared_ptr<std::optional<std::expected<TestReport, TestRefusal>>>> started;
    for (std::size_t i = 0; i < 2 * kTestsInFlightMax + 1; ++i) {
        const std::string id = fmt::format("many{}", i);
        it.create_destination(id);
        started.push_back(start(to(id)));
    }
    it.clock.advance(1s);
    EXPECT_LE(it.sent().size(), 2 * kTestsInFlightMax) << "of two shards";
    const auto refused = std::ranges::count_if(
        started, [](const auto& each) { return each->has_value() && (*each)->error().kind == Kind::limited; });
    EXPECT_EQ(static_cast<std::size_t>(refused) + it.sent().size(), started.size());
    it.clock.advance(5s);
}

}  // namespace
}  // namespace outpost::pipeline
