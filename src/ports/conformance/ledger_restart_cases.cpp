// What a new process finds (design.md §4, decision D13). Only for implementations that outlive one.
#include "ports/conformance/ledger_suite.hpp"

namespace outpost::ports::conformance {

void link_ledger_restart_cases() {}

using enum model::AttemptStatus;

#define OUTPOST_NEEDS_DURABILITY() \
    if (!it().is_durable()) GTEST_SKIP() << "this implementation does not outlive its process"

TEST_P(LedgerSuite, WhatWasHeldAndNotSettledIsDueAgainAfterARestart) {
    OUTPOST_NEEDS_DURABILITY();
    const auto fresh = held_delivery("e1", one());
    const auto tried = held_delivery("e2", one());
    settle(tried, {.status = failed, .next_due = now()});
    ASSERT_TRUE(comes(tried));
    restart();
    ASSERT_TRUE(comes(fresh) && comes(tried));
    EXPECT_EQ(held(fresh).attempts_settled, 0U);
    EXPECT_EQ(held(tried).attempts_settled, 1U);
    EXPECT_EQ(held(tried).event->id.value, "e2");
    EXPECT_EQ(held(tried).event->data.view(), an_event({.id = EventId("e2")}, {})->data.view());
    EXPECT_TRUE(depth_becomes(2));
}

TEST_P(LedgerSuite, AWaitingRetryKeepsItsTimeAndItsAttemptsOverARestart) {
    OUTPOST_NEEDS_DURABILITY();
    const auto key = waiting_delivery("e1", 10min);
    const TimePoint due = now() + 10min;
    restart();
    it().advance(due - now() - 1ms);
    EXPECT_TRUE(stays_away(key));
    it().advance(1ms);
    ASSERT_TRUE(comes(key));
    EXPECT_EQ(held(key).attempts_settled, 1U);
    EXPECT_FALSE(held(key).manual);
}

TEST_P(LedgerSuite, ARetryThatBecameDueMeanwhileIsOfferedAfterARestart) {
    OUTPOST_NEEDS_DURABILITY();
    const auto key = waiting_delivery("e1", 10min);
    sink(key).set_capacity(0);
    it().advance(11min);
    sink(key).set_capacity(10);
    restart();
    ASSERT_TRUE(comes(key));
    EXPECT_EQ(held(key).attempts_settled, 1U);
}

TEST_P(LedgerSuite, ClosedDeliveriesDoNotComeBack) {
    OUTPOST_NEEDS_DURABILITY();
    const auto done = held_delivery("done", one());
    settle(done);
    const auto cancelled = waiting_delivery("cancelled", 1min);
    close(cancelled, DecisionKind::cancelled);
    const auto skipped = held_delivery("skipped", one());
    close(skipped, DecisionKind::skipped);
    const auto parked = held_delivery("parked", one());
    close(parked, DecisionKind::parked);
    restart();
    it().advance(1h);
    EXPECT_TRUE(stays_away(done) && stays_away(cancelled) && stays_away(skipped) && stays_away(parked));
    EXPECT_TRUE(depth_becomes(0));
}

TEST_P(LedgerSuite, APostponedDeliveryIsSimplyDueAfterARestart) {
    OUTPOST_NEEDS_DURABILITY();
    const auto key = held_delivery("e1", one());
    postpone(key, now() + 5s);
    restart();
    if (it().recovery_time() > Milliseconds(0)) it().advance(5s);  // hidden in a queue until then
    ASSERT_TRUE(comes(key));
    EXPECT_EQ(held(key).attempts_settled, 0U);
}

TEST_P(LedgerSuite, APromisedManualRetrySurvivesARestart) {
    OUTPOST_NEEDS_DURABILITY();
    const auto closed = held_delivery("closed", one());
    settle(closed);
    redeliver(closed);
    const auto in_flight = held_delivery("in-flight", one());
    redeliver(in_flight);
    restart();
    ASSERT_TRUE(comes(closed) && comes(in_flight));
    EXPECT_TRUE(held(closed).manual);
    EXPECT_EQ(held(closed).attempts_settled, 1U);
    EXPECT_TRUE(held(in_flight).manual);
    EXPECT_EQ(held(in_flight).attempts_settled, 0U);
}

TEST_P(LedgerSuite, DuplicatesAreRecognisedAfterARestart) {
    OUTPOST_NEEDS_DURABILITY();
    const Accepted original = accept("e1", {one()});
    restart();
    const Accepted copy = accept("e1", {});
    EXPECT_TRUE(copy.duplicate);
    EXPECT_EQ(copy.event, original.event);
    EXPECT_EQ(copy.destinations, std::vector{one()});
}

TEST_P(LedgerSuite, NumbersContinueAndNamesStayUniqueAfterARestart) {
    OUTPOST_NEEDS_DURABILITY();
    const auto key = held_delivery("e1", one());
    settle(key, {.status = failed, .next_due = now()});
    restart();
    ASSERT_TRUE(comes(key));
    EXPECT_EQ(held(key).attempts_settled, 1U);
    settle(key);
    const auto next = held_delivery("e2", one());
    EXPECT_NE(next.event, key.event);
    EXPECT_EQ(logged_numbers("e1"), (std::vector<std::uint32_t>{1, 2}));
    EXPECT_TRUE(depth_becomes(1));
}

TEST_P(LedgerSuite, TheLogIsTheSameAfterARestart) {
    OUTPOST_NEEDS_DURABILITY();
    const auto key = held_delivery("e1", one());
    const Settlement settlement = settle(key);
    restart();
    const auto records = logged("e1");
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(records[0].attempt.id, settlement.attempt.id);
    EXPECT_EQ(records[0].destination_id.value, "d1");
    const auto event = it().await(it().log().find_event(TenantId("t1"), EventId("e1"), Deadline::never()));
    ASSERT_TRUE(event.has_value());
    EXPECT_EQ(event->ref, key.event);
}

}  // namespace outpost::ports::conformance
