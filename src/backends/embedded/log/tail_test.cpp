#include "backends/embedded/log/tail.hpp"

#include "backends/embedded/fakes/rows.hpp"

#include <thread>

namespace outpost::embedded {
namespace {

using namespace fakes;

TailEntry entry_of(std::uint64_t hash, RowKind kind = RowKind::event) {
    return {.id_hash = hash, .kind = kind};
}

constexpr auto kAny = [](const TailEntry&) { return true; };

TEST(Tail, HoldsRowsOverManyChunks) {
    Tail tail(100'000);
    std::vector<TailEntry> batch;
    for (std::size_t row = 0; row < 50'000; ++row) {
        batch.push_back({.id_hash = row * 2 + 1, .time_ms = static_cast<std::int64_t>(row)});
        if (batch.size() == 777) {
            tail.append(batch, {});
            batch.clear();
        }
    }
    tail.append(batch, {});
    ASSERT_EQ(tail.size(), 50'000U);
    for (std::size_t row = 0; row < tail.size(); ++row) {
        ASSERT_EQ(tail[row].time_ms, static_cast<std::int64_t>(row));
        ASSERT_EQ(tail.find(row * 2 + 1, kAny), row);
    }
    EXPECT_EQ(tail.find(2, kAny), std::nullopt);
}

TEST(Tail, KnowsTheTimesOfFullChunks) {
    Tail tail(2 * Tail::kChunkRows);
    std::vector<TailEntry> batch;
    for (std::size_t row = 0; row < Tail::kChunkRows; ++row) {
        batch.push_back({.time_ms = static_cast<std::int64_t>(1'000 + row),
                         .kind = row % 2 == 0 ? RowKind::event : RowKind::attempt});
    }
    batch[10].time_ms = -7;
    tail.append(std::span(batch).first(batch.size() - 1), {});
    EXPECT_EQ(tail.chunk_times(0, RowKind::event), std::nullopt);  // one row is missing
    tail.append(std::span(batch).last(1), {});
    EXPECT_EQ(tail.chunk_times(0, RowKind::event), (TimeBounds{-7, 1'000 + Tail::kChunkRows - 2}));
    EXPECT_EQ(tail.chunk_times(0, RowKind::attempt), (TimeBounds{1'001, 1'000 + Tail::kChunkRows - 1}));
    EXPECT_TRUE(tail.chunk_times(0, RowKind::decision)->empty());
    EXPECT_EQ(tail.chunk_times(1, RowKind::event), std::nullopt);
}

TEST(Tail, FindsTheNewestRowThatFits) {
    Tail tail(16);
    tail.append(std::vector{entry_of(7), entry_of(9), entry_of(7, RowKind::attempt), entry_of(7)}, {});
    EXPECT_EQ(tail.find(7, kAny), 3U);
    EXPECT_EQ(tail.find(7, [](const TailEntry& entry) { return entry.kind == RowKind::attempt; }), 2U);
    EXPECT_EQ(tail.find(9, [](const TailEntry& entry) { return entry.kind == RowKind::attempt; }), std::nullopt);
}

TEST(Tail, TellsHashesThatShareASlotApart) {
    Tail tail(16);  // 32 slots: these meet in one
    tail.append(std::vector{entry_of(1), entry_of(33), entry_of(65), entry_of(33)}, {});
    std::vector<std::uint32_t> rows;
    tail.for_each(33, [&](std::uint32_t row, const TailEntry&) { rows.push_back(row); });
    EXPECT_EQ(rows, (std::vector<std::uint32_t>{1, 3}));
    EXPECT_EQ(tail.find(65, kAny), 2U);
    EXPECT_EQ(tail.find(97, kAny), std::nullopt);
}

TEST(Tail, ARowWithoutAnIdIsNeverFound) {
    Tail tail(16);
    tail.append(std::vector{entry_of(0, RowKind::decision)}, {});
    EXPECT_EQ(tail.find(0, kAny), std::nullopt);
}

TEST(Tail, KeepsEveryListOfDestinationsTogether) {
    Tail tail(1'000);
    std::vector<std::size_t> counts;
    for (const std::size_t count : {60'000UL, 5'535UL, 1UL, 0UL, 65'536UL, 3UL, 40'000UL, 40'000UL, 1UL}) {
        std::vector<TailDestination> list;
        for (std::size_t i = 0; i < count; ++i) {
            list.push_back({static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(counts.size())});
        }
        TailEntry entry = entry_of(1);
        entry.event_row = static_cast<std::uint32_t>(count);
        tail.append(std::vector{entry}, list);
        counts.push_back(count);
    }
    for (std::size_t row = 0; row < counts.size(); ++row) {
        const auto list = tail.destinations_of(tail[row]);
        ASSERT_EQ(list.size(), counts[row]);
        for (std::size_t i = 0; i < list.size(); ++i) {
            ASSERT_EQ(list[i].destination, i);
            ASSERT_EQ(list[i].incarnation, row);
        }
    }
}

TEST(Tail, ABatchMayHoldManyListsOfDestinations) {
    Tail tail(1'000);
    std::vector<Row> rows;
    for (std::uint32_t i = 0; i < 100; ++i) {
        rows.emplace_back(make_acceptance({.id = fmt::format("e{}", i)}, std::vector<std::uint32_t>(i, i)));
    }
    append_to_tail(tail, rows);
    for (std::uint32_t i = 0; i < 100; ++i) {
        const auto list = tail.destinations_of(tail[i]);
        ASSERT_EQ(list.size(), i);
        for (const TailDestination& matched : list) ASSERT_EQ(matched.destination, i);
    }
}

TEST(Tail, SaysWhenItsDestinationsFillASegmentWithRoomForOneMoreCommit) {
    Tail tail(10'000);
    TailEntry entry = entry_of(1);
    entry.event_row = kEventDestinationsMax;
    const std::vector<TailDestination> list(kEventDestinationsMax);
    std::size_t events = 0;
    while (!tail.is_side_full()) {
        tail.append(std::vector{entry}, list);
        ASSERT_LT(++events, 100U);
    }
    EXPECT_EQ(events, 62U);
    // The widest commit: a full batch of events for as many destinations as there may be.
    std::vector<TailEntry> batch(100, entry);  // all the same list: memory is not what this is about
    tail.append(batch, list);
    EXPECT_EQ(tail.destinations_of(tail[tail.size() - 1]).size(), kEventDestinationsMax);
}

TEST(Tail, ReadersSeeWholeRowsWhileItGrows) {
    Tail tail(40'000);
    std::atomic<bool> wrong = false;
    std::thread reader([&] {
        std::size_t size = 0;
        while (size < 40'000) {
            size = tail.size();
            for (std::size_t row = size > 100 ? size - 100 : 0; row < size; ++row) {
                const auto list = tail.destinations_of(tail[row]);
                if (tail[row].time_ms != static_cast<std::int64_t>(row) || list.size() != row % 3) wrong = true;
                for (const TailDestination& matched : list) wrong = wrong || matched.destination != row;
                if (tail.find(row * 2 + 1, kAny) != row) wrong = true;
            }
        }
    });
    for (std::size_t row = 0; row < 40'000; ++row) {
        const TailEntry entry{.id_hash = row * 2 + 1,
                              .time_ms = static_cast<std::int64_t>(row),
                              .event_row = static_cast<std::uint32_t>(row % 3)};
        tail.append(std::span(&entry, 1), std::vector(row % 3, TailDestination{static_cast<std::uint32_t>(row), 1}));
    }
    reader.join();
    EXPECT_FALSE(wrong);
}

}  // namespace
}  // namespace outpost::embedded
