#include "backends/embedded/read/candidates.hpp"

#include "backends/embedded/fakes/read_world.hpp"

namespace outpost::embedded {
namespace {

using namespace fakes;
using enum model::Direction;

model::Position at(std::int64_t ms, std::string id) {
    return {from_unix_ms(ms), std::move(id)};
}

TEST(Walk, PagingBackReversesTheOrder) {
    EXPECT_FALSE(Walk({.direction = descending}, {}).ascending);
    EXPECT_TRUE(Walk({.direction = ascending}, {}).ascending);
    EXPECT_TRUE(Walk({.direction = descending, .before = at(5, "a")}, {}).ascending);
    EXPECT_FALSE(Walk({.direction = ascending, .before = at(5, "a")}, {}).ascending);
    EXPECT_FALSE(Walk({.direction = descending, .after = at(5, "a")}, {}).backwards);
}

TEST(Walk, NarrowsTheTimesToRangeAndPosition) {
    struct Case {
        model::PageRequest page;
        model::TimeRange range;
        std::int64_t first, last;
    };
    const auto t = [](std::int64_t ms) { return from_unix_ms(ms); };
    for (const Case& one : {
             Case{{}, {}, INT64_MIN, INT64_MAX},
             Case{{}, {.at_or_after = t(3), .at_or_before = t(9)}, 3, 9},
             Case{{}, {.after = t(3), .before = t(9)}, 4, 8},
             Case{{}, {.at_or_after = t(3), .after = t(3)}, 4, INT64_MAX},
             Case{{.direction = ascending, .after = at(5, "x")}, {.at_or_after = t(3)}, 5, INT64_MAX},
             Case{{.direction = descending, .after = at(5, "x")}, {.at_or_before = t(9)}, INT64_MIN, 5},
             Case{{.direction = descending, .before = at(5, "x")}, {}, 5, INT64_MAX},
         }) {
        const Walk walk(one.page, one.range);
        EXPECT_EQ(walk.time_first, one.first);
        EXPECT_EQ(walk.time_last, one.last);
    }
}

TEST(Walk, ComparesIdsAsBytes) {
    const Walk walk({.direction = ascending, .after = at(5, "b")}, {});
    EXPECT_TRUE(walk.beyond(5, "c"));
    EXPECT_FALSE(walk.beyond(5, "b"));
    EXPECT_FALSE(walk.beyond(5, "B"));
    EXPECT_TRUE(walk.beyond(5, "\xFF"));
    EXPECT_TRUE(walk.beyond(6, ""));
    EXPECT_FALSE(walk.beyond(4, "z"));
}

TEST(Candidates, SayWhatCannotImproveThem) {
    const Walk walk({.limit = 1, .direction = descending}, {.at_or_after = from_unix_ms(10)});
    Candidates candidates(walk);
    const auto may_improve = [&](std::int64_t first, std::int64_t last) {
        return candidates.may_improve({{{first, last}, {}, {}}});
    };
    EXPECT_TRUE(may_improve(0, 10));
    EXPECT_FALSE(may_improve(0, 9));
    EXPECT_FALSE(may_improve(20, 10));  // an empty range
    candidates.add({50, "a", nullptr, 0});
    EXPECT_TRUE(may_improve(0, 20));  // one more is wanted, to see whether there is a next page
    EXPECT_EQ(candidates.bounds(), (TimeBounds{10, INT64_MAX}));
    candidates.add({40, "a", nullptr, 0});
    EXPECT_FALSE(may_improve(0, 39));
    EXPECT_TRUE(may_improve(0, 40));
    EXPECT_FALSE(candidates.may_improve({{{20, 30}, {0, 5}, {}}}));
    EXPECT_TRUE(candidates.may_improve({{{20, 30}, {0, 5}, {90, 95}}}));  // late ones count
    EXPECT_EQ(candidates.bounds(), (TimeBounds{40, INT64_MAX}));
}

std::vector<model::Position> positions(const Candidates::Page& page) {
    std::vector<model::Position> all;
    for (const Candidate& row : page.rows) all.push_back(at(row.time_ms, row.id));
    return all;
}

model::PageRequest random_page(RandomRows& random) {
    model::PageRequest page{.limit = 1 + random.below(7), .direction = random.below(2) == 0 ? ascending : descending};
    const model::Position position{random.a_time(), fmt::format("e{}", random.below(100))};
    if (random.below(3) == 0) page.after = position;
    else if (random.below(2) == 0) page.before = position;
    return page;
}

TEST(Candidates, AreReadFromTheSegmentThatWasMetLast) {
    const auto newer = std::make_shared<const Segment>(Segment{.number = 2});
    const auto older = std::make_shared<const Segment>(Segment{.number = 1});
    const auto places = by_segment({{9, "a", newer, 4}, {8, "b", older, 7}, {7, "c", newer, 3}, {6, "d", older, 6}});
    ASSERT_EQ(places.size(), 2U);
    EXPECT_EQ(places[0].first, older);
    EXPECT_EQ(places[0].second, (std::vector<std::size_t>{3, 1}));
    EXPECT_EQ(places[1].first, newer);
    EXPECT_EQ(places[1].second, (std::vector<std::size_t>{2, 0}));
}

TEST(Candidates, EqualASortWhateverComesInWhateverOrder) {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        RandomRows random(seed);
        const model::PageRequest page = random_page(random);
        const Walk walk(page, {});
        Candidates candidates(walk);
        std::vector<model::Position> all;
        for (std::uint64_t i = 0, count = random.below(40); i < count; ++i) {
            all.push_back({random.a_time(), fmt::format("e{}", random.below(100))});
            candidates.add({unix_ms(all.back().time), all.back().id, nullptr, 0});
        }
        const NaivePage expected(all, page);
        const Candidates::Page found = std::move(candidates).finish();
        ASSERT_EQ(positions(found), expected.rows) << seed;
        ASSERT_EQ(found.links.next, expected.links.next) << seed;
        ASSERT_EQ(found.links.previous, expected.links.previous) << seed;
    }
}

/// What scan_tail leaves out can't be on the page.
TEST(ScanTail, KeepsEveryRowThatMayBeOnThePage) {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        RandomRows random(seed);
        Tail tail(3 * Tail::kChunkRows);
        std::vector<model::Position> ids;
        // Now and then many rows, in order but for some: whole chunks can be passed by.
        const bool many = seed % 10 == 0;
        const std::uint64_t size = many ? random.below(3 * Tail::kChunkRows) : random.below(200);
        const std::uint64_t times = 1 + random.below(30);  // few: many ties
        for (std::uint64_t row = 0; row < size; ++row) {
            const std::uint64_t passed = !many ? 0 : random.below(3'000) != 0 ? row / 1'000 : random.below(60);
            ids.push_back({kNow + Milliseconds(passed + random.below(times)), fmt::format("e{}", random.below(1000))});
            const TailEntry entry{.id_hash = row * 2 + 1, .time_ms = unix_ms(ids.back().time)};
            tail.append(std::span(&entry, 1), {});
        }
        const model::PageRequest page = random_page(random);
        const auto fits = [&](const TailEntry& entry) { return entry.id_hash % 3 != 0; };
        const Walk walk(page, {.after = kNow});
        Candidates candidates(walk);
        const std::vector<std::uint32_t> found = scan_tail(tail, walk, candidates.bounds(), RowKind::event, fits);
        for (const std::uint32_t row : found) {
            candidates.add({unix_ms(ids[row].time), ids[row].id, nullptr, row});
        }
        std::vector<model::Position> all;
        for (std::size_t row = 0; row < ids.size(); ++row) {
            if (fits(tail[row]) && ids[row].time > kNow) all.push_back(ids[row]);
        }
        ASSERT_EQ(positions(std::move(candidates).finish()), NaivePage(all, page).rows) << seed;
    }
}

TEST(ScanTail, LooksUpOnlyWhatItMust) {
    Tail tail(100'000);
    std::vector<TailEntry> entries;
    for (std::int64_t row = 0; row < 100'000; ++row)
        entries.push_back({.id_hash = static_cast<std::uint64_t>(row) * 2 + 1, .time_ms = row});
    tail.append(entries, {});
    const Walk walk({.limit = 100, .direction = descending}, {});
    const TimeBounds always{INT64_MIN, INT64_MAX};
    std::size_t looked_at = 0;
    const auto fits = [&](const TailEntry&) { return ++looked_at > 0; };
    EXPECT_EQ(scan_tail(tail, walk, always, RowKind::event, fits).size(), walk.wanted);
    EXPECT_LE(looked_at, 2 * Tail::kChunkRows);  // the others are older
    looked_at = 0;
    EXPECT_TRUE(scan_tail(tail, walk, always, RowKind::attempt, fits).empty());
    EXPECT_EQ(looked_at, 0U);
}

TEST(WalkOrder, TakesUnsealedSegmentsFirstThenByTheirEdge) {
    SegmentDirectory segments;
    const auto put = [&](std::uint32_t number, std::int64_t first, std::int64_t last, TimeBounds future = {}) {
        segments.put({.number = number,
                      .file = {},
                      .tail = nullptr,
                      .range = {.event_time_first = first, .event_time_last = last, .late_future = future}});
    };
    put(1, 10, 20, {900, 999});  // what is late does not count
    put(2, 5, 90);
    put(3, INT64_MAX, INT64_MIN);  // empty
    put(4, 30, 40);
    for (const std::uint32_t open : {5U, 6U}) {
        segments.put({.number = open, .file = {}, .tail = std::make_shared<Tail>(1), .range = {}});
    }
    const auto order = [&](model::Direction direction, std::int64_t last) {
        const auto list = segments.list();
        std::vector<std::uint32_t> numbers;
        const Walk walk({.direction = direction}, {.at_or_before = from_unix_ms(last)});
        for (const SegmentPtr& segment : in_walk_order(*list, walk, &SegmentRange::event_times)) {
            numbers.push_back(segment->number);
        }
        return numbers;
    };
    EXPECT_EQ(order(ascending, 100), (std::vector<std::uint32_t>{5, 6, 2, 1, 4, 3}));
    EXPECT_EQ(order(descending, 100), (std::vector<std::uint32_t>{6, 5, 2, 4, 1, 3}));
    EXPECT_EQ(order(descending, 25), (std::vector<std::uint32_t>{6, 5, 2, 1, 4, 3}));  // 4 and 3: for late ones alone
}

}  // namespace
}  // namespace outpost::embedded
