// Offers, refusals, demand and postponement (decision B11).
#include "ports/conformance/ledger_suite.hpp"

#include <fmt/format.h>

namespace outpost::ports::conformance {

void link_ledger_offer_cases() {}

using enum model::AttemptStatus;

TEST_P(LedgerSuite, OffersARefusedDeliveryAgainAfterDemand) {
    const auto key = refused_delivery("e1");
    EXPECT_TRUE(stays_away(key));
    demand_all(key);
    ASSERT_TRUE(comes(key));
    EXPECT_EQ(held(key).attempts_settled, 0U);
    EXPECT_EQ(taken(key), 1U);
    EXPECT_TRUE(depth_becomes(1));
}

TEST_P(LedgerSuite, KeepsWhatIsRefusedAgain) {
    const auto key = refused_delivery("e1");
    for (int times = 0; times < 3; ++times) {
        ledger().demand(key.destination);
        EXPECT_TRUE(stays_away(key));
    }
    demand_all(key);
    EXPECT_TRUE(comes(key));
}

TEST_P(LedgerSuite, OffersARefusedRetryAgainAfterDemand) {
    const auto key = waiting_delivery("e1", 30s);
    sink(key).set_capacity(0);
    it().advance(30s);
    EXPECT_TRUE(stays_away(key));
    demand_all(key);
    ASSERT_TRUE(comes(key));
    EXPECT_EQ(held(key).attempts_settled, 1U);
}

TEST_P(LedgerSuite, DemandInExcessOffersNothingTwice) {
    const auto key = held_delivery("e1", one());
    for (int times = 0; times < 5; ++times) ledger().demand(one());
    ledger().demand(population().destination(DestinationId("never used")));
    it().run();  // the sink checks that it holds none of what it is offered
    EXPECT_EQ(taken(key), 1U);
}

TEST_P(LedgerSuite, DrainsABacklogThroughASinkWithRoomForTwo) {
    RecordingSink& sink = it().sink_of(one());
    sink.set_capacity(2);
    std::vector<Acceptance> batch;
    for (int number = 0; number < 50; ++number)
        batch.push_back(population().acceptance({.id = EventId(fmt::format("e{}", number))}, {one()}));
    accept_all(std::move(batch));
    for (std::size_t done = 0; done < 50;) {
        const std::size_t expected = std::min<std::size_t>(2, 50 - done);
        ASSERT_TRUE(it().run_until([&] { return sink.held_count() == expected; })) << done << " done";
        std::vector<Settlement> settlements;
        for (const auto& [key, delivery] : sink.all_held()) settlements.push_back(settlement_of(key));
        done += settlements.size();
        settle_all(std::move(settlements));
        ledger().demand(one());
    }
    EXPECT_TRUE(depth_becomes(0));
    EXPECT_EQ(sink.taken().size(), 50U);
}

TEST_P(LedgerSuite, AFullDestinationDoesNotHoldUpItsNeighbour) {
    const auto neighbour = population().destination(DestinationId("neighbour"));
    RecordingSink& full = it().sink_of(one());
    full.set_capacity(1);
    held_delivery("e1", one());
    const Accepted blocked = accept("e2", {one()});
    it().sink_of(neighbour).set_capacity(1);
    const Accepted free = accept("e3", {neighbour});
    EXPECT_TRUE(comes({free.event, neighbour}));
    EXPECT_TRUE(stays_away({blocked.event, one()}));
}

TEST_P(LedgerSuite, OffersAPostponedDeliveryAgainAtItsTime) {
    const auto key = held_delivery("e1", one());
    postpone(key, now() + 10s);
    it().advance(9'999ms);
    EXPECT_TRUE(stays_away(key));
    it().advance(1ms);
    ASSERT_TRUE(comes(key));
    EXPECT_EQ(held(key).attempts_settled, 0U);
    EXPECT_TRUE(logged("e1").empty());  // no attempt was spent
    EXPECT_TRUE(depth_becomes(1));
}

TEST_P(LedgerSuite, OffersADeliveryPostponedToThePastAtOnce) {
    const auto key = held_delivery("e1", one());
    postpone(key, now() - 1s);
    EXPECT_TRUE(comes(key));
    EXPECT_EQ(taken(key), 2U);
}

TEST_P(LedgerSuite, PostponesForEverWithoutSpendingAnAttempt) {
    const auto key = held_delivery("e1", one());
    settle(key, {.status = failed, .next_due = now()});
    for (int times = 0; times < 10; ++times) {
        ASSERT_TRUE(comes(key));
        EXPECT_EQ(held(key).attempts_settled, 1U);
        postpone(key, now() + 5s);
        it().advance(5s);
    }
    ASSERT_TRUE(comes(key));
    settle(key);
    EXPECT_EQ(logged_numbers("e1"), (std::vector<std::uint32_t>{1, 2}));
}

TEST_P(LedgerSuite, APostponedDeliveryStaysManual) {
    const auto key = held_delivery("e1", one());
    settle(key);
    redeliver(key);
    ASSERT_TRUE(comes(key));
    postpone(key, now() + 5s);
    it().advance(5s);
    ASSERT_TRUE(comes(key));
    EXPECT_TRUE(held(key).manual);
    EXPECT_EQ(held(key).attempts_settled, 1U);
}

}  // namespace outpost::ports::conformance
