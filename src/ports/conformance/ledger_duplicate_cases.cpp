// Client-chosen ids and their window (decision A6).
#include "ports/conformance/ledger_suite.hpp"

namespace outpost::ports::conformance {

void link_ledger_duplicate_cases() {}

TEST_P(LedgerSuite, AnswersASecondCopyWithTheOriginalAndItsDestinations) {
    const auto other = population().destination(DestinationId("d2"));
    const Accepted original = accept("e1", {one()});
    const Accepted copy = accept("e1", {one(), other});
    EXPECT_FALSE(original.duplicate);
    EXPECT_TRUE(copy.duplicate);
    EXPECT_EQ(copy.event, original.event);
    EXPECT_EQ(copy.destinations, std::vector{one()});
    ASSERT_TRUE(comes({original.event, one()}));
    EXPECT_TRUE(stays_away({original.event, other}));
    EXPECT_EQ(taken({original.event, one()}), 1U);
    EXPECT_TRUE(depth_becomes(1));
}

TEST_P(LedgerSuite, FindsDuplicatesWithinABatch) {
    const auto other = population().destination(DestinationId("d2"));
    std::vector<Acceptance> batch;
    batch.push_back(population().acceptance({.id = EventId("e1")}, {one()}));
    batch.push_back(population().acceptance({.id = EventId("e2")}, {other}));
    batch.push_back(population().acceptance({.id = EventId("e1")}, {other}));
    const auto accepted = accept_all(std::move(batch));
    ASSERT_EQ(accepted.size(), 3U);
    EXPECT_FALSE(accepted[0].duplicate);
    EXPECT_FALSE(accepted[1].duplicate);
    EXPECT_TRUE(accepted[2].duplicate);
    EXPECT_EQ(accepted[2].event, accepted[0].event);
    EXPECT_EQ(accepted[2].destinations, std::vector{one()});
    EXPECT_TRUE(depth_becomes(2));
}

TEST_P(LedgerSuite, RemembersTheEmptyListOfAnEventThatMatchedNothing) {
    const Accepted original = accept("e1", {});
    const Accepted copy = accept("e1", {one()});
    EXPECT_TRUE(copy.duplicate);
    EXPECT_EQ(copy.event, original.event);
    EXPECT_TRUE(copy.destinations.empty());
    it().run();
    EXPECT_EQ(it().sink_of(one()).held_count(), 0U);
}

TEST_P(LedgerSuite, RecognisesACopyAfterItsDeliveriesAreClosed) {
    const auto key = held_delivery("e1", one());
    settle(key);
    const Accepted copy = accept("e1", {one()});
    EXPECT_TRUE(copy.duplicate);
    EXPECT_EQ(copy.event, key.event);
    EXPECT_TRUE(stays_away(key));
}

TEST_P(LedgerSuite, StoresOneOfTwoCopiesThatAreAcceptedAtTheSameTime) {
    std::vector<Acceptance> first{population().acceptance({.id = EventId("e1")}, {one()})};
    std::vector<Acceptance> second{population().acceptance({.id = EventId("e1")}, {one()})};
    auto call_on_0 = it().start(ledger().accept(std::move(first), Deadline::never()), 0);
    auto call_on_1 = it().start(ledger().accept(std::move(second), Deadline::never()), 1);
    const auto on_0 = it().finish(call_on_0);
    const auto on_1 = it().finish(call_on_1);
    ASSERT_TRUE(on_0.has_value() && on_1.has_value());
    EXPECT_NE(on_0->at(0).duplicate, on_1->at(0).duplicate);
    EXPECT_EQ(on_0->at(0).event, on_1->at(0).event);
    EXPECT_TRUE(depth_becomes(1));
}

TEST_P(LedgerSuite, ScopesIdsToTheirTenant) {
    const auto of_t1 = population().destination(DestinationId("d1"), TenantId("t1"));
    const auto of_t2 = population().destination(DestinationId("d1"), TenantId("t2"));
    ASSERT_NE(of_t1, of_t2);
    const Accepted first = accept("e1", {of_t1});
    Acceptance of_other = population().acceptance({.id = EventId("e1"), .tenant_id = TenantId("t2")}, {of_t2});
    const Accepted second = accept_all({std::move(of_other)}).at(0);
    EXPECT_FALSE(second.duplicate);
    EXPECT_NE(first.event, second.event);
    EXPECT_TRUE(comes({first.event, of_t1}));
    EXPECT_TRUE(comes({second.event, of_t2}));
}

TEST_P(LedgerSuite, ComparesIdsByTheirBytes) {
    EXPECT_FALSE(accept("evt", {}).duplicate);
    EXPECT_FALSE(accept("EVT", {}).duplicate);
    EXPECT_FALSE(accept("evt ", {}).duplicate);
    EXPECT_TRUE(accept("evt", {}).duplicate);
}

TEST_P(LedgerSuite, ForgetsAnIdWhenItsWindowIsOver) {
    const auto first = held_delivery("e1", one());
    it().advance(it().idempotency_window() - 1s);
    EXPECT_TRUE(accept("e1", {one()}).duplicate);
    it().advance(2s);
    const Accepted second = accept("e1", {one()});
    EXPECT_FALSE(second.duplicate);
    EXPECT_NE(second.event, first.event);
    EXPECT_TRUE(comes({second.event, one()}));
    const Accepted third = accept("e1", {});
    EXPECT_TRUE(third.duplicate);
    EXPECT_EQ(third.event, second.event);  // the second one has a window of its own
    EXPECT_TRUE(is_held(first));           // two events: each has its delivery
    it().flush_log();
    const auto found = it().await(it().log().find_event(TenantId("t1"), EventId("e1"), Deadline::never()));
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->ref, second.event);  // look-ups answer the newest (design.md §2)
}

TEST_P(LedgerSuite, DoesNotCheckIdsThatTheServerMade) {
    Acceptance first = population().acceptance({.id = EventId("made")}, {one()}, false);
    Acceptance second = population().acceptance({.id = EventId("made")}, {one()}, false);
    const Accepted one_of_them = accept_all({std::move(first)}).at(0);
    const Accepted other = accept_all({std::move(second)}).at(0);
    EXPECT_FALSE(other.duplicate);
    EXPECT_NE(one_of_them.event, other.event);
    EXPECT_TRUE(depth_becomes(2));
}

}  // namespace outpost::ports::conformance
