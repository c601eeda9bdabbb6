// The stages together, over a ledger in memory.
#include "pipeline/testing/pipeline_fixture.hpp"

#include <gtest/gtest.h>

namespace outpost::pipeline::testing {
namespace {

using ports::fakes::Reply;

TEST(Pipeline, DeliversAnEventOnceAndClosesIt) {
    PipelineFixture it;
    const PublishReceipt receipt = it.publish("user.created", {.data = R"({ "exactly" : "<as> sent" })"});
    EXPECT_EQ(it.attempts(), 1U);
    EXPECT_EQ(it.open(), 0U);
    EXPECT_EQ(receipt.destination_ids, std::vector{DestinationId("d1")});
    const auto attempts = it.attempts_of(receipt.id);
    ASSERT_EQ(attempts.size(), 1U);
    EXPECT_EQ(attempts[0].status, model::AttemptStatus::success);
    EXPECT_EQ(attempts[0].number, 1U);
    it.clock.advance(24h);
    EXPECT_EQ(it.attempts(), 1U);
}

TEST(Retry, WaitsTwiceAsLongEachTime) {  // pipeline.md §8.2
    PipelineFixture it;
    it.destination.fails_times(2);
    it.publish("user.created");
    it.clock.advance(30s);
    EXPECT_EQ(it.attempts(), 2U);
    it.clock.advance(59s);
    EXPECT_EQ(it.attempts(), 2U);
    it.clock.advance(1s);
    EXPECT_EQ(it.attempts(), 3U);
    EXPECT_EQ(it.open(), 0U);
}

TEST(Retry, GivesUpAfterTheLimit) {  // pipeline.md §8.1: total attempts = limit + 1
    PipelineFixture it({.deliver = {.retry = {.schedule = {}, .limit = 3, .jitter = false}}});
    it.destination.always(Reply::failure());
    const auto receipt = it.publish("user.created");
    it.clock.advance(24h);
    EXPECT_EQ(it.attempts_of(receipt.id).size(), 4U);
    EXPECT_EQ(it.open(), 0U);
}

TEST(Retry, FollowsASchedule) {  // pipeline.md §8.2
    PipelineFixture it({.deliver = {.retry = {.schedule = {5s, 60s}, .jitter = false}}});
    it.destination.always(Reply::failure());
    it.publish("user.created");
    it.clock.advance(5s);
    EXPECT_EQ(it.attempts(), 2U);
    it.clock.advance(59s);
    EXPECT_EQ(it.attempts(), 2U);
    it.clock.advance(1h);
    EXPECT_EQ(it.attempts(), 3U);
}

TEST(Retry, ASlowDestinationTimesOutAndIsRetried) {
    PipelineFixture it;
    it.destination.next(Reply::success().after(6s));  // DELIVERY_TIMEOUT_SECONDS is 5
    const auto receipt = it.publish("user.created");
    it.clock.advance(5s);
    ASSERT_EQ(it.attempts(), 1U);
    EXPECT_EQ(it.attempts_of(receipt.id)[0].code, "timeout");
    EXPECT_EQ(it.attempts_of(receipt.id)[0].duration, 5s);
    it.clock.advance(30s);
    EXPECT_EQ(it.attempts_of(receipt.id).back().status, model::AttemptStatus::success);
}

TEST(Retry, UsesTheNewVersionOfAChangedDestination) {  // decision B9
    PipelineFixture it;
    it.destination.fails_times(1);
    it.publish("user.created");
    it.touch("d1");
    it.clock.advance(30s);
    ASSERT_EQ(it.sent().size(), 2U);
    EXPECT_GT(it.sent()[1].version, it.sent()[0].version);
}

TEST(Pipeline, AWaitingRetryOfADisabledDestinationIsSkipped) {  // decision B10
    PipelineFixture it;
    it.destination.fails_times(1);
    it.publish("user.created");
    it.set_disabled("d1", true);
    it.clock.advance(30s);
    EXPECT_EQ(it.attempts(), 1U);
    ASSERT_EQ(it.decisions().size(), 1U);
    EXPECT_EQ(it.decisions()[0].kind, ports::DecisionKind::skipped);
    EXPECT_EQ(it.decisions()[0].reason, "destination_disabled");
    it.set_disabled("d1", false);  // does not replay
    it.clock.advance(24h);
    EXPECT_EQ(it.attempts(), 1U);
    EXPECT_EQ(it.open(), 0U);
}

TEST(Pipeline, AWaitingRetryIsNotSentToANewDestinationOfTheSameId) {  // design.md §2 "Identity"
    PipelineFixture it;
    it.destination.fails_times(1);
    it.publish("user.created");
    it.delete_destination("d1");
    it.create_destination("d1");
    it.clock.advance(30s);
    EXPECT_EQ(it.attempts(), 1U);
    ASSERT_EQ(it.decisions().size(), 1U);
    EXPECT_EQ(it.decisions()[0].reason, "destination_deleted");
    EXPECT_EQ(it.open(), 0U);
}

TEST(Pipeline, ALedgerThatIsDownKeepsAttemptsAndLosesNone) {  // decision B11
    PipelineFixture it;
    it.destination.next(Reply::success().after(1s));
    const auto receipt = it.publish("user.created");
    it.ledger.go_down("no space left");
    it.clock.advance(10min);
    EXPECT_EQ(it.attempts(), 0U);
    EXPECT_EQ(it.sent().size(), 1U);
    it.ledger.heal();
    it.clock.advance(1min);
    EXPECT_EQ(it.attempts_of(receipt.id).size(), 1U);
    EXPECT_EQ(it.sent().size(), 1U) << "a send was repeated because its result could not be stored";
}

}  // namespace
}  // namespace outpost::pipeline::testing
