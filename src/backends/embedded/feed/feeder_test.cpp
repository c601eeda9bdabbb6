#include "backends/embedded/fakes/feed_world.hpp"

namespace outpost::embedded {
namespace {

using namespace fakes;

class FeederTest : public FeedFixture {};

// ---- what is new

TEST_F(FeederTest, OffersWhatIsAcceptedAtOnce) {
    accept({key(1), key(2, 8)});
    EXPECT_EQ(taken_rows(), (std::vector<std::uint32_t>{1, 2}));
    EXPECT_EQ(source.load_count + source.fetch_count, 0U);
    EXPECT_EQ(feeder.held(), 2U);
    settle(key(1));
    settle(key(2, 8));
    EXPECT_EQ(feeder.held(), 0U);
    EXPECT_EQ(feeder.attempts_of(key(1)), std::nullopt);
}

TEST_F(FeederTest, KeepsTheOrderBehindARefusal) {
    sink.room = 2;
    accept_rows(1, 4);
    EXPECT_EQ(taken_rows(), (std::vector<std::uint32_t>{1, 2}));
    EXPECT_EQ(sink.refused, 1U);
    accept_rows(5, 1);
    EXPECT_EQ(sink.refused, 1U);  // not asked again before it says so
    sink.room = 100;
    demand();
    answer_all();
    EXPECT_EQ(taken_rows(), (std::vector<std::uint32_t>{1, 2, 3, 4, 5}));
}

TEST_F(FeederTest, ADeliveryThatAFetchBroughtFirstIsNotOfferedTwice) {
    sink.room = 0;
    accept_rows(1, 1);
    sink.room = 1;
    start({{kDestination, unix_ms(now())}});
    demand();
    answer_all();
    ASSERT_TRUE(sink.held.contains(key(1)));
    settle(key(1));
    // The log thread has published row 2 and the projections have seen it; the call about it is still on its way.
    source.table[key(2)] = open_delivery(key(2), 0ms);
    start({{kDestination, unix_ms(now())}});
    answer_all();
    ASSERT_TRUE(sink.held.contains(key(2)));
    accept({key(2)});  // the sink checks
    answer_all();
    EXPECT_EQ(taken_rows(), (std::vector<std::uint32_t>{1, 2}));
    EXPECT_EQ(feeder.waiting(), 0U);
}

// ---- retries

TEST_F(FeederTest, OffersARetryWhenItIsDueAndNotBefore) {
    accept_rows(1, 1);
    settle(key(1), 30s);
    EXPECT_EQ(feeder.attempts_of(key(1)), 1U);
    loop.advance(30s - 1ms);
    EXPECT_EQ(answer_all(), 0U);
    loop.advance(1ms);
    answer_all();
    ASSERT_EQ(sink.taken.size(), 2U);
    EXPECT_EQ(sink.taken[1].attempts_settled, 1U);
}

TEST_F(FeederTest, SpillsToTheTableAndBackWithoutLossOrRepetition) {
    accept_rows(0, 3 * kLaneWaitingMax);
    for (std::uint32_t row = 0; row < 3 * kLaneWaitingMax; ++row) settle(key(row), Milliseconds(30'000 + row));
    EXPECT_EQ(feeder.waiting(), kLaneWaitingMax);
    sink.taken.clear();
    loop.advance(1h);
    answer_all();
    std::vector<std::uint32_t> expected(3 * kLaneWaitingMax);
    std::iota(expected.begin(), expected.end(), 0U);
    EXPECT_EQ(taken_rows(), expected);
    EXPECT_EQ(feeder.waiting(), 0U);
}

TEST_F(FeederTest, WhatWaitsBrieflyIsNotReadFromTheLog) {
    sink.room = 10;
    accept_rows(0, 100);
    sink.room = 1000;
    demand();
    answer_all();
    EXPECT_EQ(sink.held.size(), 100U);
    EXPECT_EQ(source.load_count, 0U);
    EXPECT_EQ(taken_rows().back(), 99U);
}

TEST_F(FeederTest, RetriesFarAwayDoNotKeepOutWhatIsDue) {  // a dead destination that gets new events
    accept_rows(0, kLaneWaitingMax);
    for (std::uint32_t row = 0; row < kLaneWaitingMax; ++row) settle(key(row), 1h);
    sink.room = 0;
    accept_rows(5000, 5);
    sink.taken.clear();
    sink.room = 10;
    demand();
    EXPECT_LT(answer_all(), 10U);
    EXPECT_EQ(taken_rows(), (std::vector<std::uint32_t>{5000, 5001, 5002, 5003, 5004}));
    for (std::uint32_t row = 5000; row < 5005; ++row) settle(key(row));
    loop.advance(1h);
    sink.room = 10'000;
    answer_all();
    EXPECT_EQ(sink.held.size(), kLaneWaitingMax);
}

TEST_F(FeederTest, ARetryInTheTableIsDueInTime) {
    accept_rows(0, kLaneWaitingMax + 1);
    for (std::uint32_t row = 0; row < kLaneWaitingMax; ++row) settle(key(row), 1h);
    settle(key(kLaneWaitingMax), 2h);  // the last one finds memory full
    loop.advance(1h);
    answer_all();
    EXPECT_EQ(sink.held.size(), kLaneWaitingMax);
    loop.advance(1h - 1ms);
    answer_all();
    EXPECT_EQ(sink.held.size(), kLaneWaitingMax);
    loop.advance(1ms);
    answer_all();
    EXPECT_EQ(sink.held.size(), kLaneWaitingMax + 1);
}

// ---- a backlog

TEST_F(FeederTest, StartsWithWhatTheTableHolds) {
    for (std::uint32_t row = 0; row < 1000; ++row)
        source.table[key(row)] = open_delivery(key(row), Milliseconds(row) - 1h);
    source.table[key(7, 8)] = open_delivery(key(7, 8), 10min, 3);
    start({{kDestination, unix_ms(now() - 1h)}, {8, unix_ms(now() + 10min)}});
    answer_all();
    EXPECT_EQ(sink.held.size(), 1000U);
    EXPECT_TRUE(std::ranges::is_sorted(taken_rows()));
    loop.advance(10min);
    answer_all();
    ASSERT_TRUE(sink.held.contains(key(7, 8)));
    EXPECT_EQ(sink.held.at(key(7, 8)).attempts_settled, 3U);
}

TEST_F(FeederTest, ABacklogOfADestinationThatRefusesStaysInTheTable) {
    sink.room = 2;
    accept_rows(0, 20'000);
    EXPECT_EQ(feeder.waiting(), kLaneWaitingMax);
    EXPECT_EQ(feeder.held(), 2U);
    EXPECT_EQ(sink.refused, 1U);
    EXPECT_EQ(answer_all(), 0U);
    std::vector<std::uint32_t> delivered;
    while (!sink.held.empty()) {
        const model::DeliveryKey first = sink.held.begin()->first;
        delivered.push_back(first.event.row);
        settle(first);
        demand();
        answer_all();
        ASSERT_LE(feeder.waiting(), 2 * kLaneWaitingMax);
        if (delivered.size() == 1'000) sink.room = SIZE_MAX;  // the rest faster
    }
    std::ranges::sort(delivered);
    EXPECT_EQ(delivered.size(), 20'000U);
    EXPECT_TRUE(std::ranges::adjacent_find(delivered) == delivered.end());
}

TEST_F(FeederTest, AStreamOfNewDeliveriesDoesNotKeepOlderOnesWaiting) {  // hard-cases T-42
    sink.room = 1;
    accept_rows(0, kLaneWaitingMax + 50);  // 0 is held, 49 lie in the table alone
    std::uint32_t newest = 10'000;
    std::size_t rounds = 0;
    for (; rounds < 2 * kLaneWaitingMax && source.table.contains(key(kLaneWaitingMax + 49)); ++rounds) {
        settle(sink.held.begin()->first);
        demand();
        accept_rows(newest++, 1);  // one comes for each that goes
        answer_all();
    }
    EXPECT_LE(rounds, kLaneWaitingMax + 51);
}

TEST_F(FeederTest, BoundsTheEntriesOfAShard) {
    const FeedLimits limits;
    sink.room = 0;
    const auto destinations = static_cast<std::uint32_t>(limits.shard_waiting_max / kLaneWaitingMax + 20);
    for (std::uint32_t destination = 1; destination <= destinations; ++destination) {
        accept_rows(0, kLaneWaitingMax + 10, destination);
    }
    EXPECT_LE(feeder.waiting(), limits.shard_waiting_max + 20 * limits.lane_floor);
    sink.room = SIZE_MAX;
    for (std::uint32_t destination = 1; destination <= destinations; ++destination) demand(destination);
    answer_all();
    EXPECT_EQ(sink.held.size(), destinations * (kLaneWaitingMax + 10));
    EXPECT_EQ(feeder.waiting(), 0U);
}

TEST_F(FeederTest, ReadsForSoManyLanesAtATimeAndLetsAllHaveTheirTurn) {
    std::vector<Projector::Backlog> backlogs;
    const std::uint32_t lanes = 3 * 64;
    for (std::uint32_t destination = 1; destination <= lanes; ++destination) {
        source.table[key(1, destination)] = open_delivery(key(1, destination), 0ms);
        backlogs.push_back({destination, unix_ms(now())});
    }
    start(backlogs);
    loop.run();
    while (!source.fetches.empty()) source.answer_fetch();
    loop.run();
    EXPECT_EQ(source.loads.size(), FeedLimits().loads_max);
    cancel(key(1, lanes));  // while it waits for its turn
    answer_all();
    EXPECT_EQ(sink.held.size(), lanes - 1);
}

// ---- decisions while something is on its way

TEST_F(FeederTest, AManualRetryOfWhatIsBeingLoadedMarksIt) {
    accept_rows(1, 1);
    settle(key(1), 30s);
    loop.advance(30s);
    ASSERT_EQ(source.loads.size(), 1U);
    redeliver(key(1), 1);
    answer_all();
    ASSERT_EQ(sink.taken.size(), 2U);
    EXPECT_TRUE(sink.taken[1].manual);
}

TEST_F(FeederTest, WhatIsCancelledWhileItIsLoadedIsNotOffered) {
    accept_rows(1, 2);
    settle(key(1), 30s);
    settle(key(2), 30s);
    loop.advance(30s);
    cancel(key(1));
    answer_all();
    EXPECT_FALSE(sink.held.contains(key(1)));
    EXPECT_TRUE(sink.held.contains(key(2)));
}

TEST_F(FeederTest, CancelledAndOpenedAgainWhileItIsLoadedIsOfferedOnce) {
    accept_rows(1, 1);
    settle(key(1), 30s);
    loop.advance(30s);
    cancel(key(1));
    redeliver(key(1), 1);
    answer_all();
    ASSERT_EQ(sink.taken.size(), 2U);
    EXPECT_TRUE(sink.taken[1].manual);
}

TEST_F(FeederTest, WhatIsCancelledWhileAFetchRunsIsNotOffered) {
    source.table[key(1)] = open_delivery(key(1), 0ms);
    start({{kDestination, unix_ms(now())}});
    loop.run();
    ASSERT_EQ(source.fetches.size(), 1U);
    source.read_table(source.fetches.front());  // before the cancellation
    cancel(key(1));
    answer_all();
    EXPECT_TRUE(sink.taken.empty());
}

TEST_F(FeederTest, AManualRetryMakesAWaitingDeliveryDueNow) {
    accept_rows(1, 1);
    settle(key(1), 10min);
    redeliver(key(1), 1);
    answer_all();
    ASSERT_EQ(sink.taken.size(), 2U);
    EXPECT_TRUE(sink.taken[1].manual);
    loop.advance(10min);
    EXPECT_EQ(answer_all(), 0U);
}

TEST_F(FeederTest, AManualRetryOfWhatTheSinkHoldsOffersNothing) {
    accept_rows(1, 1);
    redeliver(key(1), 0);
    EXPECT_EQ(answer_all(), 0U);
    EXPECT_EQ(sink.taken.size(), 1U);
}

TEST_F(FeederTest, AnAttemptThatEndsAfterItsDeliveryWasCancelledClosesItAgain) {
    accept_rows(1, 1);
    const ports::Settlement late = settlement_of(key(1), std::nullopt);
    cancel(key(1));
    sink.room = 0;
    redeliver(key(1), 0);
    answer_all();
    source.table.erase(key(1));
    loop.call([&] { feeder.settled(late); });  // its row is the newest: the table says closed
    sink.room = 1;
    demand();
    answer_all();
    EXPECT_EQ(sink.taken.size(), 1U);
    EXPECT_EQ(feeder.attempts_of(key(1)), std::nullopt);
}

TEST_F(FeederTest, TheNumberOfAnAttemptOnItsWayToTheLogIsTaken) {  // decision B8
    accept_rows(1, 1);
    EXPECT_EQ(feeder.attempts_of(key(1)), 0U);
    Watch watch(feeder, key(1), false);
    Watch other(feeder, key(2), false);
    feeder.settling(settlement_of(key(1), std::nullopt));
    EXPECT_EQ(feeder.attempts_of(key(1)), 1U);
    EXPECT_EQ(watch.settled(), 1U);
    EXPECT_EQ(other.settled(), 0U);
    settle(key(1));
    EXPECT_EQ(watch.settled(), 1U);
}

// ---- given back

TEST_F(FeederTest, OffersAgainWhatWasGivenBack) {
    accept_rows(1, 1);
    postpone(key(1), 5s);
    loop.advance(5s - 1ms);
    EXPECT_EQ(answer_all(), 0U);
    loop.advance(1ms);
    answer_all();
    ASSERT_EQ(sink.taken.size(), 2U);
    EXPECT_EQ(sink.taken[1].attempts_settled, 0U);
}

TEST_F(FeederTest, WhatWasCancelledMeanwhileCannotBeGivenBack) {
    accept_rows(1, 1);
    const model::Delivery in_flight = sink.held.at(key(1));
    cancel(key(1));
    loop.call([&] { feeder.postponed(in_flight, now() + 5s); });
    loop.advance(1h);
    answer_all();
    EXPECT_EQ(sink.taken.size(), 1U);
    EXPECT_EQ(feeder.waiting(), 0U);
}

TEST_F(FeederTest, TheSinkMayGiveBackWithinTheOffer) {
    sink.on_taken = [this](const model::Delivery& delivery) {
        sink.held.erase(delivery.key);
        feeder.postponed(delivery, now() + 5s);
        feeder.demand(delivery.key.destination.destination);
    };
    accept_rows(0, 3);
    EXPECT_EQ(feeder.held(), 0U);
    EXPECT_EQ(feeder.waiting(), 3U);
    loop.advance(5s);
    answer_all();
    EXPECT_EQ(sink.taken.size(), 6U);
    sink.on_taken = nullptr;
    loop.advance(5s);
    answer_all();
    EXPECT_EQ(sink.held.size(), 3U);
}

TEST_F(FeederTest, AWholeBacklogThatIsGivenBackDoesNotSpin) {  // the table calls all of it due
    for (std::uint32_t row = 0; row < 2'000; ++row) source.table[key(row)] = open_delivery(key(row), -1h);
    sink.on_taken = [this](const model::Delivery& delivery) {
        sink.held.erase(delivery.key);
        feeder.postponed(delivery, now() + 1min);
    };
    start({{kDestination, unix_ms(now() - 1h)}});
    for (int second = 0; second < 30; ++second) {
        answer_all();
        loop.advance(1s);
    }
    EXPECT_LE(source.fetch_count, 31U);
    sink.on_taken = nullptr;
    for (int second = 0; second < 90; ++second) {
        answer_all();
        loop.advance(1s);
    }
    EXPECT_EQ(sink.held.size(), 2'000U);
}

// ---- trouble

TEST_F(FeederTest, HandsOutNothingWhileTheLogCannotBeWritten) {  // design.md §4 "Failure"
    accept_rows(1, 1);
    settle(key(1), 30s);
    set_writable(false);
    accept_rows(2, 300);
    loop.advance(1h);
    EXPECT_EQ(answer_all(), 0U);
    EXPECT_EQ(sink.taken.size(), 1U);
    set_writable(true);
    answer_all();
    EXPECT_EQ(sink.held.size(), 301U);
}

TEST_F(FeederTest, WhatIsLoadedWhenTheLogFailsWaits) {
    accept_rows(1, 1);
    settle(key(1), 30s);
    loop.advance(30s);
    set_writable(false);
    answer_all();
    EXPECT_EQ(sink.taken.size(), 1U);
    set_writable(true);
    answer_all();
    EXPECT_EQ(sink.taken.size(), 2U);
}

TEST_F(FeederTest, ReadsAgainAfterAFailure) {
    source.table[key(1)] = open_delivery(key(1), 0ms);
    start({{kDestination, unix_ms(now())}});
    loop.run();
    source.fail_fetch();
    loop.run();
    EXPECT_TRUE(source.fetches.empty());
    loop.advance(1s);
    source.answer_fetch();
    loop.run();
    source.fail_load();
    loop.run();
    EXPECT_TRUE(source.loads.empty());
    loop.advance(1s);
    answer_all();
    EXPECT_TRUE(sink.held.contains(key(1)));
}

TEST_F(FeederTest, AnEventThatIsGoneHoldsUpNoOtherAndIsLookedForSeldom) {  // hard-cases T-06
    for (std::uint32_t row = 0; row < 10; ++row) source.table[key(row)] = open_delivery(key(row), 0ms);
    source.missing.insert({1, 3});
    start({{kDestination, unix_ms(now())}});
    answer_all();
    EXPECT_EQ(sink.held.size(), 9U);
    const std::size_t loads = source.load_count;
    for (int minute = 0; minute < 59; ++minute) {
        loop.advance(1min);
        answer_all();
    }
    EXPECT_EQ(source.load_count, loads);
    source.missing.clear();
    loop.advance(1min);
    answer_all();
    EXPECT_EQ(sink.held.size(), 10U);
}

TEST_F(FeederTest, ManyEventsThatAreGoneDoNotSpin) {
    for (std::uint32_t row = 0; row < 3'000; ++row) {
        source.table[key(row)] = open_delivery(key(row), -1h);
        source.missing.insert({1, row});
    }
    start({{kDestination, unix_ms(now() - 1h)}});
    for (int second = 0; second < 60; ++second) {
        answer_all();
        loop.advance(1s);
    }
    EXPECT_LE(source.fetch_count, 61U);
    EXPECT_TRUE(sink.taken.empty());
}

// ---- time

TEST_F(FeederTest, SleepsWhenThereIsNothingToDo) {  // B9: no polling
    accept_rows(1, 1);
    EXPECT_EQ(loop.clock().next_wake(), std::nullopt);
    settle(key(1), 30s);
    EXPECT_EQ(loop.clock().next_wake(), loop.clock().monotonic() + 30s);
    settle_all_after(30s);
    EXPECT_EQ(loop.clock().next_wake(), std::nullopt);
}

TEST_F(FeederTest, ClosingWaitsForReadsAndOffersNothingMore) {
    accept_rows(1, 1);
    settle(key(1), 30s);
    loop.advance(30s);
    ASSERT_EQ(source.loads.size(), 1U);
    const auto closing = loop.start(closed());
    loop.run();
    EXPECT_FALSE(closing->has_value());
    source.answer_load();
    loop.run();
    EXPECT_TRUE(closing->has_value());
    accept_rows(2, 1);
    EXPECT_EQ(sink.taken.size(), 1U);
}

}  // namespace
}  // namespace outpost::embedded
