#include "backends/embedded/feed/lane.hpp"

namespace outpost::embedded {
namespace {

constexpr TimePoint kNow = TimePoint(Milliseconds(1'000'000));

model::DeliveryKey key(std::uint32_t row) {
    return {{1, row}, {1, 7, 1}};
}

OpenDelivery entry(std::uint32_t row, Milliseconds wait) {
    return {.key = key(row), .due_ms = unix_ms(kNow + wait)};
}

std::vector<std::uint32_t> rows_of(const std::vector<OpenDelivery>& entries) {
    std::vector<std::uint32_t> rows;
    for (const OpenDelivery& one : entries) rows.push_back(one.key.event.row);
    return rows;
}

/// Full of entries that are due in an hour and later: rows 1000…
Lane full_lane() {
    Lane lane;
    for (std::uint32_t i = 0; i < kLaneWaitingMax; ++i)
        EXPECT_EQ(lane.add(entry(1000 + i, 1h + Milliseconds(i)), kLaneWaitingMax), 1);
    return lane;
}

TEST(Lane, TakesWhatIsDueInOrder) {
    Lane lane;
    lane.add(entry(1, 5ms), kLaneWaitingMax);
    lane.add(entry(2, 0ms), kLaneWaitingMax);
    lane.add(entry(3, -5ms), kLaneWaitingMax);
    lane.add(entry(4, 0ms), kLaneWaitingMax);
    EXPECT_FALSE(lane.has_due(kNow - 6ms));
    EXPECT_TRUE(lane.has_due(kNow - 5ms));
    EXPECT_EQ(lane.next_time(), kNow - 5ms);
    EXPECT_EQ(rows_of(lane.begin_loading(kNow, 10)), (std::vector<std::uint32_t>{3, 2, 4}));
    EXPECT_EQ(lane.waiting(), 1U);
}

TEST(Lane, TakesNoMoreThanAskedFor) {
    Lane lane;
    for (std::uint32_t row = 0; row < 5; ++row) lane.add(entry(row, 0ms), kLaneWaitingMax);
    EXPECT_EQ(lane.begin_loading(kNow, 2).size(), 2U);
    EXPECT_TRUE(lane.has_due(kNow));
}

TEST(Lane, ALaterCopyReplacesTheEarlierOne) {
    Lane lane;
    EXPECT_EQ(lane.add(entry(1, 1h), kLaneWaitingMax), 1);
    EXPECT_EQ(lane.add(entry(1, 0ms), kLaneWaitingMax), 0);
    EXPECT_EQ(lane.waiting(), 1U);
    EXPECT_EQ(lane.find(key(1))->due_ms, unix_ms(kNow));
    EXPECT_EQ(lane.remove(key(1)), -1);
    EXPECT_EQ(lane.remove(key(1)), 0);
    EXPECT_EQ(lane.find(key(1)), std::nullopt);
    EXPECT_TRUE(lane.empty());
}

TEST(Lane, LeavesToTheTableWhatIsDueLast) {
    Lane lane = full_lane();
    EXPECT_EQ(lane.add(entry(1, 2h), kLaneWaitingMax), 0);  // later than all: to the table
    EXPECT_FALSE(lane.contains(key(1)));
    EXPECT_TRUE(lane.wants_fetch(kNow + 2h) || lane.has_due(kNow + 2h));
    EXPECT_EQ(lane.add(entry(2, 0ms), kLaneWaitingMax), 0);  // earlier: takes the place of the last
    EXPECT_TRUE(lane.contains(key(2)));
    EXPECT_FALSE(lane.contains(key(1000 + kLaneWaitingMax - 1)));
    EXPECT_EQ(lane.waiting(), kLaneWaitingMax);
    EXPECT_FALSE(lane.has_due_in_table(kNow + 1h));
    EXPECT_TRUE(lane.has_due_in_table(kNow + 1h + Milliseconds(kLaneWaitingMax - 1)));
}

TEST(Lane, HasAFloorWhenTheShardIsFull) {
    Lane lane;
    for (std::uint32_t row = 0; row < 10; ++row) lane.add(entry(row, Milliseconds(row)), 4);
    EXPECT_EQ(lane.waiting(), 4U);
    EXPECT_EQ(rows_of(lane.begin_loading(kNow + 1h, 100)), (std::vector<std::uint32_t>{0, 1, 2, 3}));
}

TEST(Lane, ChangesWhatIsBeingLoaded) {
    Lane lane;
    for (std::uint32_t row = 1; row <= 3; ++row) lane.add(entry(row, 0ms), kLaneWaitingMax);
    lane.begin_loading(kNow, 3);
    EXPECT_TRUE(lane.contains(key(1)));
    OpenDelivery manual = entry(1, 0ms);
    manual.manual = true;
    EXPECT_EQ(lane.add(manual, kLaneWaitingMax), 0);
    EXPECT_EQ(lane.remove(key(2)), 0);
    EXPECT_TRUE(lane.take_loading(key(1))->manual);
    EXPECT_EQ(lane.take_loading(key(1)), std::nullopt);
    EXPECT_EQ(lane.take_loading(key(2)), std::nullopt);
    EXPECT_FALSE(lane.take_loading(key(3))->manual);
    EXPECT_FALSE(lane.empty());
    lane.end_loading();
    EXPECT_TRUE(lane.empty());
}

TEST(Lane, AsksTheTableOnlyWhenNothingInMemoryIsDue) {
    Lane lane;
    EXPECT_FALSE(lane.wants_fetch(kNow));
    lane.note_in_table(unix_ms(kNow));
    EXPECT_FALSE(lane.wants_fetch(kNow - 1ms));
    EXPECT_TRUE(lane.wants_fetch(kNow));
    lane.add(entry(1, 0ms), kLaneWaitingMax);
    EXPECT_FALSE(lane.wants_fetch(kNow));
    lane.remove(key(1));
    lane.begin_fetch(10);
    EXPECT_FALSE(lane.wants_fetch(kNow));
    EXPECT_EQ(lane.next_time(), std::nullopt);
    EXPECT_FALSE(lane.empty());
}

TEST(Lane, AsksForSoManyThatSomethingNewIsAmongThem) {
    Lane lane = full_lane();
    lane.held = 30;
    lane.add(entry(1, 0ms), kLaneWaitingMax);
    lane.begin_loading(kNow, 1);
    EXPECT_EQ(lane.begin_fetch(10), 10 + (kLaneWaitingMax - 1) + 1 + 30);
}

TEST(Lane, AFetchBringsNothingTwice) {
    Lane lane;
    lane.add(entry(1, 0ms), kLaneWaitingMax);
    lane.add(entry(2, 1h), kLaneWaitingMax);
    lane.begin_loading(kNow, 1);
    lane.begin_fetch(10);
    lane.note_moved(key(3));
    const Projector::Fetched fetched{
        .deliveries = {entry(1, 0ms), entry(2, 5ms), entry(3, 0ms), entry(4, 0ms), entry(5, 0ms)},
        .more_from = unix_ms(kNow + 9ms)};
    EXPECT_EQ(lane.end_fetch(fetched, Held{{key(4), 0}}, kLaneWaitingMax), 1);
    EXPECT_TRUE(lane.contains(key(5)));
    EXPECT_FALSE(lane.contains(key(3)));
    EXPECT_FALSE(lane.contains(key(4)));
    EXPECT_EQ(lane.find(key(2))->due_ms, unix_ms(kNow + 1h));  // memory knows better
    EXPECT_FALSE(lane.has_due_in_table(kNow + 8ms));
    EXPECT_TRUE(lane.has_due_in_table(kNow + 9ms));
    lane.begin_fetch(10);  // what moved during the first fetch may come with the second
    EXPECT_EQ(lane.end_fetch({.deliveries = {entry(3, 0ms)}}, {}, kLaneWaitingMax), 1);
}

TEST(Lane, WhatCannotBeAddedWhileAFetchRunsIsAskedForAgain) {
    Lane lane = full_lane();
    lane.note_in_table(unix_ms(kNow));
    lane.begin_fetch(10);
    lane.add(entry(1, 3h), kLaneWaitingMax);  // to the table, after it was read
    lane.end_fetch({}, {}, kLaneWaitingMax);
    EXPECT_TRUE(lane.has_due_in_table(kNow + 3h));
}

TEST(Lane, AFailedFetchIsRepeatedLater) {
    Lane lane;
    lane.note_in_table(unix_ms(kNow));
    lane.begin_fetch(10);
    lane.fetch_failed(kNow + 1s);
    EXPECT_FALSE(lane.wants_fetch(kNow));
    EXPECT_EQ(lane.next_time(), kNow + 1s);
    EXPECT_TRUE(lane.wants_fetch(kNow + 1s));
}

TEST(Lane, APauseKeepsTheTableFromBeingAskedAtOnce) {
    Lane lane;
    lane.note_in_table(unix_ms(kNow));
    lane.pause_table(kNow + 1s);
    lane.pause_table(kNow);  // does not shorten it
    EXPECT_FALSE(lane.wants_fetch(kNow));
    EXPECT_EQ(lane.next_time(), kNow + 1s);
    EXPECT_TRUE(lane.wants_fetch(kNow + 1s));
    lane.add(entry(1, 5ms), kLaneWaitingMax);
    EXPECT_EQ(lane.next_time(), kNow + 5ms);
}

TEST(Lane, HasNoNextTimeWhileSomethingElseGoesOn) {
    Lane lane;
    lane.add(entry(1, 0ms), kLaneWaitingMax);
    EXPECT_EQ(lane.next_time(), kNow);
    lane.refused = true;
    EXPECT_EQ(lane.next_time(), std::nullopt);
    lane.refused = false;
    lane.waits_for_turn = true;
    EXPECT_EQ(lane.next_time(), std::nullopt);
    lane.waits_for_turn = false;
    lane.begin_loading(kNow, 1);
    EXPECT_EQ(lane.next_time(), std::nullopt);
}

}  // namespace
}  // namespace outpost::embedded
