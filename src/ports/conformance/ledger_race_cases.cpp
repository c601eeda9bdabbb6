// The table of races of design.md §2: manual retry and cancel meet a delivery in each of its states.
#include "ports/conformance/ledger_suite.hpp"

namespace outpost::ports::conformance {

void link_ledger_race_cases() {}

using enum model::AttemptStatus;

// ---- manual retry

TEST_P(LedgerSuite, AManualRetryOfAWaitingDeliveryMakesItDueNow) {
    const auto key = waiting_delivery("e1", 10min);
    redeliver(key);
    ASSERT_TRUE(comes(key));
    EXPECT_TRUE(held(key).manual);
    EXPECT_EQ(held(key).attempts_settled, 1U);
    it().advance(10min);  // the old time means nothing any more; the sink checks that nothing comes twice
    EXPECT_EQ(taken(key), 2U);
    settle(key);
    it().advance(10min);
    EXPECT_TRUE(stays_away(key));
}

TEST_P(LedgerSuite, AManualRetryOfAQueuedDeliveryMarksIt) {
    const auto key = refused_delivery("e1");
    redeliver(key);
    demand_all(key);
    ASSERT_TRUE(comes(key));
    EXPECT_TRUE(held(key).manual);
    EXPECT_EQ(held(key).attempts_settled, 0U);
    settle(key);
    EXPECT_TRUE(stays_away(key));
    EXPECT_EQ(taken(key), 1U);
}

TEST_P(LedgerSuite, ASecondManualRetryOfAQueuedDeliveryCoalesces) {
    const auto key = refused_delivery("e1");
    redeliver(key);
    redeliver(key);
    demand_all(key);
    ASSERT_TRUE(comes(key));
    settle(key);
    EXPECT_TRUE(stays_away(key));
    EXPECT_EQ(logged_numbers("e1"), std::vector<std::uint32_t>{1});
}

TEST_P(LedgerSuite, AManualRetryOfAHeldDeliveryOffersNothing) {
    const auto key = held_delivery("e1", one());
    redeliver(key);
    it().run();  // the sink checks
    EXPECT_EQ(taken(key), 1U);
    EXPECT_TRUE(depth_becomes(1));
}

TEST_P(LedgerSuite, AManualRetryOfADeliveryInTheSinksQueueIsAnsweredByItsAttempt) {
    const auto key = held_delivery("e1", one());
    redeliver(key);
    Settlement settlement = settlement_of(key);
    settlement.attempt.manual = true;  // the sink had not begun: it marked its copy
    settle_all({settlement});
    EXPECT_TRUE(stays_away(key));
    EXPECT_TRUE(depth_becomes(0));
}

TEST_P(LedgerSuite, AManualRetryDuringAnAttemptIsFollowedByTheNextNumber) {
    const auto key = held_delivery("e1", one());
    redeliver(key);
    redeliver(key);  // coalesces
    settle(key, {.status = success, .next_due = now(), .next_manual = true});
    ASSERT_TRUE(comes(key));
    EXPECT_TRUE(held(key).manual);
    EXPECT_EQ(held(key).attempts_settled, 1U);
    settle(key);
    EXPECT_TRUE(stays_away(key));
    EXPECT_EQ(logged_numbers("e1"), (std::vector<std::uint32_t>{1, 2}));
}

TEST_P(LedgerSuite, AManualRetryReopensAClosedDeliveryWithTheNextNumber) {
    const auto key = held_delivery("e1", one());
    settle(key, {.status = failed, .next_due = now()});
    ASSERT_TRUE(comes(key));
    settle(key);
    EXPECT_TRUE(depth_becomes(0));
    redeliver(key);
    ASSERT_TRUE(comes(key));
    EXPECT_TRUE(held(key).manual);
    EXPECT_EQ(held(key).attempts_settled, 2U);
    EXPECT_EQ(held(key).event->id.value, "e1");
    EXPECT_EQ(held(key).event->data.view(), an_event({.id = EventId("e1")}, {})->data.view());
    EXPECT_TRUE(depth_becomes(1));
    settle(key);
    EXPECT_EQ(logged_numbers("e1"), (std::vector<std::uint32_t>{1, 2, 3}));
    EXPECT_TRUE(depth_becomes(0));
}

TEST_P(LedgerSuite, TwoManualRetriesOfAClosedDeliveryAreOneAttempt) {
    const auto key = held_delivery("e1", one());
    settle(key);
    redeliver(key);
    redeliver(key);
    ASSERT_TRUE(comes(key));
    it().run();
    EXPECT_EQ(taken(key), 2U);
    settle(key, {.status = failed});
    EXPECT_TRUE(stays_away(key));
    EXPECT_TRUE(depth_becomes(0));
}

TEST_P(LedgerSuite, AFailedManualRetryCanBeFollowedByAnAutomaticOne) {
    const auto key = held_delivery("e1", one());
    settle(key, {.status = failed});
    redeliver(key);
    ASSERT_TRUE(comes(key));
    settle(key, {.status = failed, .next_due = now() + 30s});
    it().advance(30s);
    ASSERT_TRUE(comes(key));
    EXPECT_FALSE(held(key).manual);
    EXPECT_EQ(held(key).attempts_settled, 2U);
}

TEST_P(LedgerSuite, AManualRetryOfAPostponedDeliveryMakesItDueNow) {
    const auto key = held_delivery("e1", one());
    postpone(key, now() + 10min);
    redeliver(key);
    ASSERT_TRUE(comes(key));
    EXPECT_TRUE(held(key).manual);
    EXPECT_EQ(held(key).attempts_settled, 0U);
    it().advance(10min);
    EXPECT_EQ(taken(key), 2U);
}

TEST_P(LedgerSuite, AManualRetryOfAnUnknownEventIsNotFound) {
    const auto key = held_delivery("e1", one());
    model::DeliveryKey unknown = key;
    unknown.event.row += 1000;
    const auto decided = decide(unknown, DecisionKind::redeliver);
    ASSERT_FALSE(decided.has_value());
    EXPECT_EQ(decided.error().code(), Errc::not_found);
}

TEST_P(LedgerSuite, ARetryForADestinationThatItWasNeverAcceptedForOpensADelivery) {  // portal.md §15a N4
    const auto accepted = accept("e1", {one()});
    const model::DeliveryKey missed{accepted.event, population().destination(DestinationId("d2"))};
    redeliver(missed);
    EXPECT_TRUE(depth_becomes(2));
    ASSERT_TRUE(comes(missed));
    EXPECT_TRUE(held(missed).manual);
    EXPECT_EQ(held(missed).attempts_settled, 0U);
    EXPECT_EQ(held(missed).event->id, EventId("e1"));
    settle(missed, {.status = failed, .next_due = now() + 30s});
    it().advance(30s);
    ASSERT_TRUE(comes(missed));
    EXPECT_EQ(held(missed).attempts_settled, 1U);
    settle(missed);
    EXPECT_TRUE(depth_becomes(1));
}

// ---- cancel, skip and park

TEST_P(LedgerSuite, CancelClosesAWaitingDelivery) {
    const auto key = waiting_delivery("e1", 30s);
    close(key, DecisionKind::cancelled);
    EXPECT_TRUE(depth_becomes(0));
    it().advance(1h);
    EXPECT_TRUE(stays_away(key));
    EXPECT_EQ(taken(key), 1U);
}

TEST_P(LedgerSuite, CancelClosesAQueuedDelivery) {
    const auto key = refused_delivery("e1");
    close(key, DecisionKind::cancelled);
    demand_all(key);
    EXPECT_TRUE(stays_away(key));
    EXPECT_TRUE(depth_becomes(0));
}

TEST_P(LedgerSuite, CancelOfADeliveryInFlightAllowsNoFurtherAttempt) {
    const auto key = held_delivery("e1", one());
    const Settlement under_way = settlement_of(key, {.status = failed});
    close(key, DecisionKind::cancelled);
    settle_all({under_way});  // the attempt that ran is recorded all the same
    it().advance(24h);
    EXPECT_TRUE(stays_away(key));
    EXPECT_EQ(logged_numbers("e1"), std::vector<std::uint32_t>{1});
    EXPECT_TRUE(depth_becomes(0));
}

TEST_P(LedgerSuite, AFollowUpThatASettlementNamesDoesNotReopenACancelledDelivery) {
    const auto key = held_delivery("e1", one());
    const Settlement made_up_before = settlement_of(key, {.status = failed, .next_due = now() + 30s});
    close(key, DecisionKind::cancelled);
    settle_all({made_up_before});
    it().advance(24h);
    EXPECT_TRUE(stays_away(key));
    EXPECT_EQ(logged_numbers("e1"), std::vector<std::uint32_t>{1});
    EXPECT_TRUE(depth_becomes(0));
}

TEST_P(LedgerSuite, CancelOfAClosedDeliveryDoesNothing) {
    const auto key = held_delivery("e1", one());
    settle(key);
    close(key, DecisionKind::cancelled);
    EXPECT_TRUE(stays_away(key));
    EXPECT_TRUE(depth_becomes(0));
}

TEST_P(LedgerSuite, ADecisionClosesAPostponedDelivery) {
    const auto key = held_delivery("e1", one());
    postpone(key, now() + 10s);
    close(key, DecisionKind::skipped);
    it().advance(10s);
    EXPECT_TRUE(stays_away(key));
    EXPECT_TRUE(depth_becomes(0));
}

TEST_P(LedgerSuite, SkippedAndParkedDeliveriesAreClosedWithoutAnAttempt) {
    for (const DecisionKind kind : {DecisionKind::skipped, DecisionKind::parked}) {
        const std::string id = kind == DecisionKind::skipped ? "skipped" : "parked";
        const auto key = held_delivery(id, one());
        close(key, kind);
        close(key, kind);  // repeating a decision is harmless
        it().advance(24h);
        EXPECT_TRUE(stays_away(key));
        EXPECT_TRUE(logged(id).empty());
        EXPECT_TRUE(depth_becomes(0));
    }
}

TEST_P(LedgerSuite, AManualRetryReopensWhatADecisionClosed) {  // parked: un-parks (decision B12)
    for (const DecisionKind kind : {DecisionKind::skipped, DecisionKind::cancelled, DecisionKind::parked}) {
        const auto key = held_delivery("e" + std::to_string(static_cast<int>(kind)), one());
        settle(key, {.status = failed, .next_due = now()});
        ASSERT_TRUE(comes(key));
        close(key, kind);
        redeliver(key);
        ASSERT_TRUE(comes(key));
        EXPECT_TRUE(held(key).manual);
        EXPECT_EQ(held(key).attempts_settled, 1U);
        settle(key);
    }
}

TEST_P(LedgerSuite, DecidesABatchOfSeveralDeliveries) {
    const auto first = held_delivery("e1", one());
    const auto second = held_delivery("e2", one());
    const auto third = held_delivery("e3", one());
    settle(third);
    sink(first).release(first);
    sink(second).release(second);
    std::vector<Decision> decisions;
    decisions.push_back({.key = first, .kind = DecisionKind::skipped, .time = now(), .reason = "destination_disabled"});
    decisions.push_back({.key = second, .kind = DecisionKind::parked, .time = now(), .reason = "internal_error"});
    decisions.push_back({.key = third, .kind = DecisionKind::redeliver, .time = now(), .reason = "requested"});
    const auto decided =
        it().await(ledger().decide(std::move(decisions), Deadline::never()), it().shards().owner_of(one().destination));
    ASSERT_TRUE(decided.has_value());
    EXPECT_TRUE(comes(third));
    EXPECT_TRUE(stays_away(first) && stays_away(second));
    EXPECT_TRUE(depth_becomes(1));
}

}  // namespace outpost::ports::conformance
