#include "backends/embedded/retain/decide.hpp"

namespace outpost::embedded {
namespace {

constexpr auto kNow = TimePoint(Milliseconds(1'800'000'000'000));
constexpr auto kDay = std::chrono::days(1);
constexpr DiskSpace kRoomy{.capacity = 1'000, .available = 900};

/// Sealed ones of 100 bytes, and these ages; then an open one of 100 bytes.
std::vector<SegmentAge> log_of(const std::vector<Milliseconds>& ages) {
    std::vector<SegmentAge> segments;
    for (const Milliseconds age : ages) {
        segments.push_back({static_cast<std::uint32_t>(segments.size() + 1), true, kNow - age, 100});
    }
    segments.push_back({static_cast<std::uint32_t>(segments.size() + 1), false, TimePoint(), 100});
    return segments;
}

struct Case {
    const char* name;
    std::vector<SegmentAge> segments;
    RetentionRules rules;
    DiskSpace disk;
    std::vector<Removal> removals;
};

class SegmentsToRemove : public testing::TestWithParam<Case> {};

TEST_P(SegmentsToRemove, AreTheOldestThatARuleNames) {
    const Case& it = GetParam();
    EXPECT_EQ(segments_to_remove(it.segments, it.rules, it.disk, kNow), it.removals) << it.name;
}

using enum RemovalReason;
const std::vector<SegmentAge> kOld = log_of({40 * kDay, 30 * kDay, 29 * kDay, 1 * kDay});

INSTANTIATE_TEST_SUITE_P(
    Table, SegmentsToRemove,
    testing::Values(
        Case{"nothing asked", kOld, {}, kRoomy, {}},
        Case{"an empty log", {}, {.age = kDay, .bytes = 0}, {.capacity = 100, .available = 0}, {}},
        Case{"thirty days are too old, a moment less is not", kOld, {.age = 30 * kDay}, kRoomy, {{1, age}, {2, age}}},
        Case{"the open one never goes", log_of({}), {.age = Milliseconds(1), .bytes = 0}, kRoomy, {}},
        Case{"nor what lies behind an unsealed one",
             {{1, true, kNow - 90 * kDay, 1}, {2, false, TimePoint(), 1}, {3, true, kNow - 90 * kDay, 1}},
             {.age = kDay},
             kRoomy,
             {{1, age}}},
        Case{"an old one behind a young one waits",
             {{1, true, kNow - kDay, 1}, {2, true, kNow - 90 * kDay, 1}},
             {.age = 30 * kDay},
             kRoomy,
             {}},
        Case{"as many as bring the log below its size", kOld, {.bytes = 300}, kRoomy, {{1, bytes}, {2, bytes}}},
        Case{"a log of exactly that size stays", kOld, {.bytes = 500}, kRoomy, {}},
        Case{"no size is small enough for the open one",
             kOld,
             {.bytes = 0},
             kRoomy,
             {{1, bytes}, {2, bytes}, {3, bytes}, {4, bytes}}},
        Case{"age frees what bytes would have freed",
             kOld,
             {.age = 30 * kDay, .bytes = 300},
             kRoomy,
             {{1, age}, {2, age}}},
        Case{"the window of idempotency wins over bytes",
             log_of({40 * kDay, Milliseconds(3'599'999)}),
             {.bytes = 0, .window = std::chrono::hours(1)},
             kRoomy,
             {{1, bytes}}},
        Case{"and over age",
             log_of({40 * kDay, 31 * kDay}),
             {.age = 30 * kDay, .window = 35 * kDay},
             kRoomy,
             {{1, age}}},
        Case{"a disk that is nearly full",
             kOld,
             {},
             {.capacity = 4'000, .available = 50},
             {{1, disk_space}, {2, disk_space}}},
        Case{"five percent are enough", kOld, {}, {.capacity = 4'000, .available = 200}, {}},
        Case{"a disk of unknown size", kOld, {}, {.capacity = 0, .available = 0}, {}},
        Case{"the window wins over a full disk, too",
             log_of({Milliseconds(5)}),
             {.window = std::chrono::hours(1)},
             {.capacity = 4'000, .available = 0},
             {}}));

TEST(NewestOf, CountsOurOwnClockOnly) {
    SegmentRange range;
    EXPECT_EQ(newest_of(range), TimePoint());  // decisions alone: what they speak of is older
    range.event_time_last = unix_ms(kNow + 1'000 * kDay);
    range.received_last = unix_ms(kNow - kDay);
    EXPECT_EQ(newest_of(range), kNow - kDay);
    range.attempt_time_last = unix_ms(kNow);
    EXPECT_EQ(newest_of(range), kNow);
}

TEST(LookAgain, NeverWhenNothingCouldGo) {
    EXPECT_EQ(look_again_at({}, {.age = kDay}, Milliseconds(60'000), kNow), std::nullopt);
    EXPECT_EQ(look_again_at(log_of({}), {.age = kDay}, Milliseconds(60'000), kNow), std::nullopt);
}

TEST(LookAgain, WhenTheOldestMayGoAndThenNowAndThen) {
    const RetentionRules rules{.window = std::chrono::hours(1)};
    const auto young = log_of({std::chrono::minutes(10)});
    EXPECT_EQ(look_again_at(young, rules, Milliseconds(60'000), kNow), kNow + std::chrono::minutes(50));
    EXPECT_EQ(look_again_at(kOld, rules, Milliseconds(60'000), kNow), kNow + std::chrono::minutes(1));
}

}  // namespace
}  // namespace outpost::embedded
