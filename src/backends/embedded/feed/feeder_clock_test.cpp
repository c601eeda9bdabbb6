// Somebody sets the wall clock while deliveries wait (hard-cases T-16).
#include "backends/embedded/fakes/feed_world.hpp"

namespace outpost::embedded {
namespace {

using namespace fakes;

class FeederClockTest : public FeedFixture, public testing::WithParamInterface<Milliseconds> {};

TEST_P(FeederClockTest, RetriesWaitAsLongAsPlanned) {
    constexpr std::uint32_t count = kLaneWaitingMax + 50;  // some of them in the table alone
    accept_rows(0, count);
    for (std::uint32_t row = 0; row < count; ++row) settle(key(row), 30min);
    loop.advance(10min);
    jump(GetParam());
    loop.advance(20min - 1ms);
    answer_all();
    EXPECT_TRUE(sink.held.empty());
    loop.advance(1ms);
    answer_all();
    EXPECT_EQ(sink.held.size(), count);
    EXPECT_EQ(sink.taken.size(), 2 * count);
}

TEST_P(FeederClockTest, WhatComesAfterwardsWaitsByTheClockAsItGoes) {
    accept_rows(1, 1);
    jump(GetParam());
    accept_rows(2, 1);  // what is new goes out at once
    EXPECT_TRUE(sink.held.contains(key(2)));
    settle(key(2), 30s);
    postpone(key(1), 30s);
    loop.advance(30s - 1ms);
    answer_all();
    EXPECT_TRUE(sink.held.empty());
    loop.advance(1ms);
    answer_all();
    EXPECT_EQ(sink.held.size(), 2U);
}

TEST_P(FeederClockTest, AnAttemptThatIsStoredMeanwhileWaitsAsLongAsPlanned) {
    accept_rows(1, 1);
    const ports::Settlement settlement = settlement_of(key(1), 30s);
    sink.held.erase(key(1));
    source.table[key(1)] = open_delivery(key(1), 30s, 1);
    jump(GetParam());  // between the decision and its commit
    loop.call([&] { feeder.settled(settlement); });
    loop.advance(30s - 1ms);
    answer_all();
    EXPECT_TRUE(sink.held.empty());
    loop.advance(1ms);
    answer_all();
    EXPECT_TRUE(sink.held.contains(key(1)));
}

TEST_P(FeederClockTest, APersonsRequestThatIsStoredMeanwhileIsDue) {
    accept_rows(1, 1);
    settle(key(1), 1h);
    DecisionRow row = make_decision(key(1), ports::DecisionKind::redeliver, 1);
    row.due_ms = unix_ms(now());
    source.table[key(1)] = open_delivery(key(1), 0ms, 1);
    jump(GetParam());
    loop.call([&] { feeder.decided(row); });
    answer_all();
    EXPECT_TRUE(sink.held.contains(key(1)));
}

INSTANTIATE_TEST_SUITE_P(Steps, FeederClockTest,
                         testing::Values(Milliseconds(1h), Milliseconds(-1h), Milliseconds(10 * 365 * 24h),
                                         Milliseconds(-1'600'000'000'000)));

class StoredTimesTest : public FeedFixture {};

TEST_F(StoredTimesTest,
       NothingThatIsStoredWaitsLongerThanTwiceTheLongestRetry) {  // the clock was wrong when it was written
    source.table[key(1)] = open_delivery(key(1), 10 * 365 * 24h, 1);
    start({{kDestination, unix_ms(now() - 1s)}});
    answer_all();
    EXPECT_TRUE(sink.held.empty());
    loop.advance(60 * 24h);
    answer_all();
    EXPECT_TRUE(sink.held.contains(key(1)));
}

}  // namespace
}  // namespace outpost::embedded
