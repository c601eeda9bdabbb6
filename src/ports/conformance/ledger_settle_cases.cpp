// settle(): the result of an attempt and what follows (pipeline.md §7.2, decision B8).
#include "ports/conformance/ledger_suite.hpp"

#include <fmt/format.h>

namespace outpost::ports::conformance {

void link_ledger_settle_cases() {}

using enum model::AttemptStatus;

TEST_P(LedgerSuite, ClosesADeliveryWhoseAttemptHasNoSequel) {
    const auto key = held_delivery("e1", one());
    const Settlement settlement = settle(key);
    EXPECT_TRUE(depth_becomes(0));
    it().advance(24h);
    EXPECT_TRUE(stays_away(key));
    const auto records = logged("e1");
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(records[0].attempt.id, settlement.attempt.id);
    EXPECT_EQ(records[0].attempt.number, 1U);
    EXPECT_EQ(records[0].attempt.status, success);
    EXPECT_EQ(records[0].event_ref, key.event);
}

TEST_P(LedgerSuite, OffersARetryExactlyWhenItIsDue) {
    const auto key = held_delivery("e1", one());
    settle(key, {.status = failed, .next_due = now() + 30s});
    it().advance(29'999ms);
    EXPECT_TRUE(stays_away(key));
    it().advance(1ms);
    ASSERT_TRUE(comes(key));
    EXPECT_EQ(held(key).attempts_settled, 1U);
    EXPECT_FALSE(held(key).manual);
    EXPECT_EQ(held(key).event->id.value, "e1");
    EXPECT_TRUE(depth_becomes(1));
}

TEST_P(LedgerSuite, CountsAttemptsOverManyRetries) {
    const auto key = held_delivery("e1", one());
    for (std::uint32_t number = 1; number <= 5; ++number) {
        ASSERT_TRUE(comes(key));
        EXPECT_EQ(held(key).attempts_settled, number - 1);
        settle(key, {.status = failed, .next_due = now() + 60s});
        it().advance(60s);
    }
    ASSERT_TRUE(comes(key));
    settle(key);
    EXPECT_EQ(logged_numbers("e1"), (std::vector<std::uint32_t>{1, 2, 3, 4, 5, 6}));
    EXPECT_TRUE(depth_becomes(0));
}

TEST_P(LedgerSuite, OffersARetryThatIsDueAlready) {
    const auto due_now = held_delivery("e1", one());
    settle(due_now, {.status = failed, .next_due = now()});
    ASSERT_TRUE(comes(due_now));
    EXPECT_EQ(held(due_now).attempts_settled, 1U);
    const auto due_before = held_delivery("e2", one());
    settle(due_before, {.status = failed, .next_due = now() - 10min});
    ASSERT_TRUE(comes(due_before));
    EXPECT_EQ(held(due_before).attempts_settled, 1U);
}

TEST_P(LedgerSuite, OffersRetriesInOrderOfTheirTimes) {
    const auto late = held_delivery("late", one());
    const auto early = held_delivery("early", one());
    const auto middle = held_delivery("middle", population().destination(DestinationId("d2")));
    settle(late, {.status = failed, .next_due = now() + 3min});
    settle(early, {.status = failed, .next_due = now() + 1min});
    settle(middle, {.status = failed, .next_due = now() + 2min});
    it().advance(1min);
    EXPECT_TRUE(comes(early));
    EXPECT_TRUE(stays_away(middle) && stays_away(late));
    it().advance(1min);
    EXPECT_TRUE(comes(middle));
    EXPECT_TRUE(stays_away(late));
    it().advance(1min);
    EXPECT_TRUE(comes(late));
}

TEST_P(LedgerSuite, KeepsARetryOfThirtyDays) {  // the longest there is (decision B7)
    const auto key = held_delivery("e1", one());
    const Milliseconds month = std::chrono::days(30);
    settle(key, {.status = failed, .next_due = now() + month});
    it().advance(month - 1ms);
    EXPECT_TRUE(stays_away(key));
    it().advance(1ms);
    EXPECT_TRUE(comes(key));
}

TEST_P(LedgerSuite, IgnoresARepeatedAttemptIdOfAClosedDelivery) {
    const auto key = held_delivery("e1", one());
    const Settlement settlement = settle(key);
    Settlement repeated = settlement;
    repeated.next_due = now();
    settle_all({repeated});
    EXPECT_TRUE(stays_away(key));
    EXPECT_EQ(logged_numbers("e1"), std::vector<std::uint32_t>{1});
    EXPECT_TRUE(depth_becomes(0));
}

TEST_P(LedgerSuite, IgnoresARepeatedAttemptIdWhileTheRetryWaits) {
    const auto key = held_delivery("e1", one());
    const Settlement settlement = settle(key, {.status = failed, .next_due = now() + 30s});
    settle_all({settlement});
    it().advance(30s);
    ASSERT_TRUE(comes(key));
    EXPECT_EQ(held(key).attempts_settled, 1U);
    EXPECT_EQ(taken(key), 2U);
    EXPECT_EQ(logged_numbers("e1"), std::vector<std::uint32_t>{1});
}

TEST_P(LedgerSuite, IgnoresARepeatedAttemptIdWhileTheRetryIsHeld) {
    const auto key = held_delivery("e1", one());
    const Settlement settlement = settle(key, {.status = failed, .next_due = now()});
    ASSERT_TRUE(comes(key));
    const auto repeated = it().await(ledger().settle({settlement}, Deadline::never()),
                                     it().shards().owner_of(key.destination.destination));
    EXPECT_TRUE(repeated.has_value());
    it().run();  // the sink checks that what it holds is not offered again
    EXPECT_EQ(taken(key), 2U);
    EXPECT_EQ(held(key).attempts_settled, 1U);
    settle(key);
    EXPECT_EQ(logged_numbers("e1"), (std::vector<std::uint32_t>{1, 2}));
}

TEST_P(LedgerSuite, IgnoresARepeatedAttemptIdWithinABatch) {
    const auto key = held_delivery("e1", one());
    const Settlement settlement = settlement_of(key, {.status = failed, .next_due = now()});
    settle_all({settlement, settlement});
    ASSERT_TRUE(comes(key));
    EXPECT_EQ(held(key).attempts_settled, 1U);
    EXPECT_EQ(logged_numbers("e1"), std::vector<std::uint32_t>{1});
}

TEST_P(LedgerSuite, IgnoresARepeatedAttemptIdHoweverLateItComes) {  // found by the simulation: the log had moved on
    const auto key = held_delivery("e1", one());
    const Settlement settlement = settle(key, {.status = failed, .next_due = now() + 1h});
    for (int other = 0; other < 8; ++other) settle(held_delivery(fmt::format("other-{}", other), one()));
    it().advance(10min);  // whatever is done to a log in the background has been done
    settle_all({settlement});
    EXPECT_EQ(logged_numbers("e1"), std::vector<std::uint32_t>{1});
    it().advance(50min);
    ASSERT_TRUE(comes(key));
    EXPECT_EQ(held(key).attempts_settled, 1U);
    settle(key);
    EXPECT_TRUE(depth_becomes(0));
}

TEST_P(LedgerSuite, SettlesAFullBatch) {
    std::vector<Acceptance> batch;
    for (std::size_t number = 0; number < kSettleBatchMax; ++number)
        batch.push_back(population().acceptance({.id = EventId(fmt::format("e{}", number))}, {one()}));
    const auto accepted = accept_all(std::move(batch));
    RecordingSink& sink = it().sink_of(one());
    ASSERT_TRUE(it().run_until([&] { return sink.held_count() == kSettleBatchMax; }));
    std::vector<Settlement> settlements;
    for (const Accepted& one_of_them : accepted) settlements.push_back(settlement_of({one_of_them.event, one()}));
    settle_all(std::move(settlements));
    EXPECT_TRUE(depth_becomes(0));
    EXPECT_EQ(logged_numbers("e999"), std::vector<std::uint32_t>{1});
}

TEST_P(LedgerSuite, OffersTheManualAttemptThatWaitedBehindAnother) {
    const auto key = held_delivery("e1", one());
    settle(key, {.status = failed, .next_due = now(), .next_manual = true});
    ASSERT_TRUE(comes(key));
    EXPECT_TRUE(held(key).manual);
    EXPECT_EQ(held(key).attempts_settled, 1U);
    settle(key);
    EXPECT_TRUE(stays_away(key));
    const auto records = logged("e1");
    ASSERT_EQ(records.size(), 2U);
    EXPECT_EQ(std::ranges::count_if(records, [](const auto& record) { return record.attempt.manual; }), 1);
}

TEST_P(LedgerSuite, SettlesOneDestinationOfAnEventWithoutTheOthers) {
    const auto other = population().destination(DestinationId("d2"));
    const Accepted accepted = accept("e1", {one(), other});
    ASSERT_TRUE(comes({accepted.event, one()}) && comes({accepted.event, other}));
    settle({accepted.event, one()});
    EXPECT_TRUE(depth_becomes(1));
    settle({accepted.event, other}, {.status = failed, .next_due = now()});
    ASSERT_TRUE(comes({accepted.event, other}));
    EXPECT_EQ(held({accepted.event, other}).attempts_settled, 1U);
    EXPECT_EQ(taken({accepted.event, one()}), 1U);
}

}  // namespace outpost::ports::conformance
