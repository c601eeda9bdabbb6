#include "pipeline/testing/pipeline_fixture.hpp"

#include <gtest/gtest.h>

namespace outpost::pipeline {
namespace {

using pipeline::testing::PipelineFixture;
using ports::fakes::LedgerCall;
using ports::fakes::LedgerFault;
using ports::fakes::Reply;
using enum model::AttemptStatus;

/// "number status", with "manual" behind it.
std::vector<std::string> story_of(PipelineFixture& it, const EventId& event) {
    std::vector<std::string> story;
    for (const model::Attempt& attempt : it.attempts_of(event)) {
        story.push_back(
            fmt::format("{} {}{}", attempt.number, model::to_string(attempt.status), attempt.manual ? " manual" : ""));
    }
    return story;
}
using Story = std::vector<std::string>;

// ---- refusals (pipeline.md §9, api.md §10)

TEST(Redeliver, RefusesWhatCantBeRetried) {
    struct Case {
        std::string name;
        RetryRefusal refusal;
        std::function<void(PipelineFixture&)> change;
        std::string event = "evt_1";
        std::string destination = "d1";
        std::optional<TenantId> scope{};
    };
    const auto nothing = [](PipelineFixture&) {};
    const std::vector<Case> cases = {
        {"an unknown event", RetryRefusal::event_not_found, nothing, "evt_2"},
        {"another tenant's event", RetryRefusal::event_not_found, nothing, "evt_1", "d1", TenantId("t2")},
        {"a destination that it was never for", RetryRefusal::event_not_found,
         [](PipelineFixture& it) { it.create_destination("d2"); }, "evt_1", "d2"},
        {"a deleted destination", RetryRefusal::destination_not_found,
         [](PipelineFixture& it) { it.delete_destination("d1"); }},
        {"a disabled destination", RetryRefusal::destination_disabled,
         [](PipelineFixture& it) { it.set_disabled("d1", true); }},
        {"a destination whose topics changed", RetryRefusal::destination_mismatch,
         [](PipelineFixture& it) {
             it.delete_destination("d1");
             it.create_destination("d1", {.topics = {"order.paid"}});
         }},
        {"a destination whose filter changed", RetryRefusal::destination_mismatch,
         [](PipelineFixture& it) {
             it.delete_destination("d1");
             it.create_destination("d1", {.filter = R"({"data":{"tier":"gold"}})"});
         }},
        {"a ledger that is down", RetryRefusal::unavailable, [](PipelineFixture& it) { it.ledger.go_down("disk"); }},
    };
    for (const Case& row : cases) {
        PipelineFixture it;
        it.publish("user.created", {.id = "evt_1"});
        row.change(it);
        const auto answer = it.retry(EventId(row.event), row.destination, row.scope);
        ASSERT_FALSE(answer.has_value()) << row.name;
        EXPECT_EQ(answer.error(), row.refusal) << row.name;
        it.ledger.heal();
        it.clock.advance(24h);
        EXPECT_EQ(it.sent().size(), 1U) << row.name;
    }
}

TEST(Redeliver, ATenantMayRetryItsOwnEvents) {
    PipelineFixture it;
    const auto receipt = it.publish("user.created");
    EXPECT_TRUE(it.retry(receipt.id, "d1", TenantId("t1")).has_value());
    EXPECT_EQ(it.attempts_of(receipt.id).size(), 2U);
}

TEST(Redeliver, ALostReplyIsNoPromiseButKeepsIt) {
    PipelineFixture it;
    const auto receipt = it.publish("user.created");
    it.ledger.next(LedgerCall::decide, LedgerFault::lose_reply);
    const auto answer = it.retry(receipt.id);
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error(), RetryRefusal::unavailable);
    EXPECT_EQ(story_of(it, receipt.id), (Story{"1 success", "2 success manual"}));
}

// ---- races (design.md §2): a manual retry meets a delivery in each of its states

TEST(RedeliverRaces, AWaitingDeliveryBecomesDueNow) {
    PipelineFixture it;
    it.destination.fails_times(1);
    const auto receipt = it.publish("user.created");
    ASSERT_TRUE(it.retry(receipt.id).has_value());
    EXPECT_EQ(story_of(it, receipt.id), (Story{"1 failed", "2 success manual"}));
    it.clock.advance(24h);
    EXPECT_EQ(it.attempts(), 2U) << "the old time means nothing any more";
}

TEST(RedeliverRaces, AFailedManualRetryIsFollowedByTheScheduleOfItsNumber) {  // pipeline.md §8.5
    PipelineFixture it;
    it.destination.fails_times(2);
    const auto receipt = it.publish("user.created");
    ASSERT_TRUE(it.retry(receipt.id).has_value());
    it.clock.advance(60s - 1ms);
    EXPECT_EQ(it.attempts(), 2U);
    it.clock.advance(1ms);
    EXPECT_EQ(story_of(it, receipt.id), (Story{"1 failed", "2 failed manual", "3 success"}));
}

class OnlyOneSend : public ::testing::Test {
protected:
    /// Another event holds the only place; `receipt` waits in the queue.
    OnlyOneSend() {
        it.destination.next(Reply::success().after(1s));
        it.publish("user.created");
        receipt = it.publish("user.created");
    }
    PipelineFixture it{{.dispatch = {.concurrency_max = 1, .concurrency_per_destination_max = 1}}};
    PublishReceipt receipt;
};

TEST_F(OnlyOneSend, AQueuedDeliveryIsMarkedAndASecondRequestCoalesces) {
    ASSERT_TRUE(it.retry(receipt.id).has_value());
    ASSERT_TRUE(it.retry(receipt.id).has_value());
    it.clock.advance(24h);
    EXPECT_EQ(story_of(it, receipt.id), (Story{"1 success manual"}));
}

TEST_F(OnlyOneSend, AQueuedDeliveryCanBeCancelled) {
    ASSERT_TRUE(it.cancel(receipt.id).has_value());
    it.clock.advance(24h);
    EXPECT_EQ(story_of(it, receipt.id), Story{});
    EXPECT_EQ(it.open(), 0U);
}

TEST(RedeliverRaces, ADeliveryInFlightIsFollowedByOneMoreWithTheNextNumber) {
    PipelineFixture it;
    it.destination.next(Reply::success().after(1s));
    const auto receipt = it.publish("user.created");
    ASSERT_TRUE(it.retry(receipt.id).has_value());
    ASSERT_TRUE(it.retry(receipt.id).has_value());  // coalesces
    EXPECT_EQ(it.sent().size(), 1U);
    it.clock.advance(24h);
    EXPECT_EQ(story_of(it, receipt.id), (Story{"1 success", "2 success manual"}));
    EXPECT_EQ(it.destination.most_in_flight(), 1U);
}

TEST(RedeliverRaces, NothingIsPromisedWhileTheAttemptBeforeIsBeingStored) {  // found by the simulation: a crash then
    PipelineFixture it;
    it.ledger.set_delay(10s);
    it.ledger.next(ports::fakes::LedgerCall::settle, ports::fakes::LedgerFault::delay);
    const auto receipt = it.publish("user.created");
    const auto asked = it.start_retry(receipt.id);
    it.clock.advance(9s);
    EXPECT_FALSE(asked->has_value());
    it.clock.advance(2s);
    ASSERT_TRUE(asked->has_value());
    EXPECT_TRUE((*asked)->has_value());
    EXPECT_EQ(story_of(it, receipt.id), (Story{"1 success", "2 success manual"}));
}

TEST(RedeliverRaces, ARequestGivesUpWhenTheAttemptBeforeCannotBeStored) {
    PipelineFixture it;
    it.ledger.set_delay(1h);
    it.ledger.next(ports::fakes::LedgerCall::settle, ports::fakes::LedgerFault::delay);
    const auto receipt = it.publish("user.created");
    const auto asked = it.start_retry(receipt.id, Deadline::after(it.stage.clock(), 10s));
    it.clock.advance(11s);
    ASSERT_TRUE(asked->has_value());
    EXPECT_FALSE((*asked)->has_value());
}

TEST(RedeliverRaces, AClosedDeliveryIsOpenedAgainWithTheNextNumber) {
    PipelineFixture it;
    const auto receipt = it.publish("user.created", {.eligible_for_retry = false});
    ASSERT_TRUE(it.retry(receipt.id).has_value());
    it.destination.fails_times(1);
    ASSERT_TRUE(it.retry(receipt.id).has_value());
    it.clock.advance(24h);
    EXPECT_EQ(story_of(it, receipt.id), (Story{"1 success", "2 success manual", "3 failed manual"}));
    EXPECT_EQ(it.open(), 0U) << "an event that is not eligible gets no automatic follow-up";
}

TEST(RedeliverRaces, TwoRequestsForAClosedDeliveryAtOnceNeverRunTogether) {
    PipelineFixture it;
    const auto receipt = it.publish("user.created");
    it.destination.always(Reply::success().after(1s));
    auto first = it.start_retry(receipt.id);
    auto second = it.start_retry(receipt.id);
    it.clock.advance(1h);
    ASSERT_TRUE(first->has_value() && second->has_value());
    EXPECT_TRUE((*first)->has_value() && (*second)->has_value());
    EXPECT_EQ(it.destination.most_in_flight(), 1U);
    const auto attempts = it.attempts_of(receipt.id);
    for (std::uint32_t i = 0; i < attempts.size(); ++i) EXPECT_EQ(attempts[i].number, i + 1);
    EXPECT_GE(attempts.size(), 2U);
    EXPECT_LE(attempts.size(), 3U);
}

TEST(RedeliverRaces, ASkippedDeliveryCanBeRetriedOnceTheDestinationIsEnabled) {  // decision B10
    PipelineFixture it;
    it.destination.fails_times(1);
    const auto receipt = it.publish("user.created");
    it.set_disabled("d1", true);
    it.clock.advance(30s);
    EXPECT_EQ(it.open(), 0U);
    it.set_disabled("d1", false);
    ASSERT_TRUE(it.retry(receipt.id).has_value());
    EXPECT_EQ(story_of(it, receipt.id), (Story{"1 failed", "2 success manual"}));
}

TEST(RedeliverRaces, ADestinationCreatedAnewCanBeSentTheEvent) {  // pipeline.md §16
    PipelineFixture it;
    const auto receipt = it.publish("user.created");
    it.delete_destination("d1");
    const model::DestinationKey anew = it.create_destination("d1");
    ASSERT_TRUE(it.retry(receipt.id).has_value());
    ASSERT_EQ(it.sent().size(), 2U);
    EXPECT_EQ(it.sent()[1].key.destination, anew);
}

// ---- and a cancellation

TEST(CancelRaces, ClosesAWaitingDelivery) {
    PipelineFixture it;
    it.destination.fails_times(1);
    const auto receipt = it.publish("user.created");
    ASSERT_TRUE(it.cancel(receipt.id).has_value());
    it.clock.advance(24h);
    EXPECT_EQ(story_of(it, receipt.id), (Story{"1 failed"}));
    EXPECT_EQ(it.open(), 0U);
}

TEST(CancelRaces, ADeliveryInFlightGetsNoFurtherAttempt) {
    PipelineFixture it;
    it.destination.next(Reply::failure().after(1s));
    const auto receipt = it.publish("user.created");
    ASSERT_TRUE(it.cancel(receipt.id).has_value());
    it.clock.advance(24h);
    EXPECT_EQ(story_of(it, receipt.id), (Story{"1 failed"}));
    EXPECT_EQ(it.open(), 0U);
}

TEST(CancelRaces, ARetryAfterACancellationCounts) {
    PipelineFixture it;
    it.destination.next(Reply::failure().after(1s));
    const auto receipt = it.publish("user.created");
    ASSERT_TRUE(it.cancel(receipt.id).has_value());
    ASSERT_TRUE(it.retry(receipt.id).has_value());
    it.clock.advance(24h);
    EXPECT_EQ(story_of(it, receipt.id), (Story{"1 failed", "2 success manual"}));
}

}  // namespace
}  // namespace outpost::pipeline
