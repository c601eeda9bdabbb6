#include "base/time.hpp"

namespace outpost {
namespace {

struct Reading {
    std::string_view text;
    std::int64_t ms;
};

class ParsesTime : public testing::TestWithParam<Reading> {};

TEST_P(ParsesTime, ToTheMillisecond) {
    const auto time = parse_rfc3339(GetParam().text);
    ASSERT_TRUE(time.has_value()) << time.error().text();
    EXPECT_EQ(unix_ms(*time), GetParam().ms);
}

INSTANTIATE_TEST_SUITE_P(Rfc3339, ParsesTime,
                         testing::Values(Reading{"1970-01-01T00:00:00Z", 0},
                                         Reading{"2024-01-01T00:00:00Z", 1704067200000},
                                         Reading{"2024-01-01T00:00:00.5Z", 1704067200500},
                                         Reading{"2024-01-01T00:00:00.123456789Z", 1704067200123},  // D4: truncated
                                         Reading{"2024-01-01T00:00:00.9999Z", 1704067200999},
                                         Reading{"2024-01-01T02:00:00+02:00", 1704067200000},
                                         Reading{"2023-12-31T18:30:00-05:30", 1704067200000},
                                         Reading{"2024-02-29T00:00:00Z", 1709164800000},
                                         Reading{"2261-12-31T23:59:59.999Z", 9214646399999}));

class RefusesTime : public testing::TestWithParam<std::string_view> {};

TEST_P(RefusesTime, InTheWordsOfTheReference) {
    const auto time = parse_rfc3339(GetParam());
    ASSERT_FALSE(time.has_value());
    EXPECT_EQ(time.error().code(), Errc::invalid);
    EXPECT_TRUE(time.error().text().starts_with("parsing time \"")) << time.error().text();  // api.md §3.4
}

INSTANTIATE_TEST_SUITE_P(Rfc3339, RefusesTime,
                         testing::Values("", "yesterday", "2024-01-01", "2024-01-01T00:00:00", "2024-01-01 00:00:00Z",
                                         "2024-13-01T00:00:00Z", "2023-02-29T00:00:00Z", "2024-01-01T24:00:00Z",
                                         "2024-01-01T00:60:00Z", "2024-01-01T00:00:60Z", "2024-01-01T00:00:00.Z",
                                         "2024-01-01T00:00:00Zx", "2024-01-01T00:00:00+2:00", "2024-1-01T00:00:00Z",
                                         "1969-12-31T23:59:59Z", "2262-01-01T00:00:00Z", "0001-01-01T00:00:00Z"));

TEST(Time, ErrorsShowOnlyTheStartOfLongTexts) {
    const auto time = parse_rfc3339(std::string(63, 'x') + "\xC3\xA9" + std::string(100000, 'y'));
    ASSERT_FALSE(time.has_value());
    EXPECT_LT(time.error().text().size(), 300U);
    EXPECT_EQ(time.error().text().find('\xC3'), std::string::npos);  // no half character
}

TEST(Time, FractionIsPrintedOnlyAsFarAsNeeded) {  // api.md §5.2
    EXPECT_EQ(to_rfc3339(from_unix_ms(1704067200000)), "2024-01-01T00:00:00Z");
    EXPECT_EQ(to_rfc3339(from_unix_ms(1704067200120)), "2024-01-01T00:00:00.12Z");
    EXPECT_EQ(to_rfc3339(from_unix_ms(1704067200001)), "2024-01-01T00:00:00.001Z");
    EXPECT_EQ(to_rfc3339_seconds(from_unix_ms(1704067200999)), "2024-01-01T00:00:00Z");
}

class BoundsTime : public testing::TestWithParam<Reading> {};

TEST_P(BoundsTime, ByTheNearestTimeThatComparesAlike) {
    const auto [text, ms] = GetParam();
    const auto bound = parse_date_or_time_bound(text);
    ASSERT_TRUE(bound.has_value()) << bound.error().text();
    EXPECT_EQ(unix_ms(*bound), ms);
    const auto without_dates = parse_time_bound(text);
    ASSERT_EQ(without_dates.has_value(), text.contains('T'));
    if (without_dates) EXPECT_EQ(*without_dates, *bound);
}

constexpr std::int64_t kFirstKept = 0, kLastKept = 9214646399999;

INSTANTIATE_TEST_SUITE_P(
    Bounds, BoundsTime,
    testing::Values(Reading{"2024-01-01T01:00:00.5+01:00", 1704067200500},
                    Reading{"2024-01-01", 1704067200000},  // api.md §4.2: midnight UTC
                    Reading{"1970-01-01T00:00:00Z", kFirstKept}, Reading{"1970-01-01", kFirstKept},
                    Reading{"1969-12-31T23:59:59.999Z", kFirstKept - 1}, Reading{"1969-12-31", kFirstKept - 1},
                    Reading{"1970-01-01T00:00:00+00:01", kFirstKept - 1},
                    Reading{"0001-01-01T00:00:00Z", kFirstKept - 1}, Reading{"0000-01-01", kFirstKept - 1},
                    Reading{"0000-01-01T00:00:00+23:59", kFirstKept - 1},
                    Reading{"2261-12-31T23:59:59.999Z", kLastKept}, Reading{"2261-12-31", kLastKept + 1 - 86'400'000},
                    Reading{"2262-01-01T00:00:00Z", kLastKept + 1}, Reading{"2262-01-01", kLastKept + 1},
                    Reading{"2261-12-31T23:59:59.999-00:01", kLastKept + 1},
                    Reading{"9999-12-31T23:59:59Z", kLastKept + 1}, Reading{"9999-12-31", kLastKept + 1},
                    Reading{"9999-12-31T23:59:59.999-23:59", kLastKept + 1}));

TEST(Time, BoundsAreRefusedOnlyWhenTheyAreNoTimes) {
    for (const std::string_view text : {"", "yesterday", "2024-01-01T", "2024-02-30", "99999-01-01", "-001-01-01"}) {
        EXPECT_FALSE(parse_date_or_time_bound(text).has_value()) << text;
        EXPECT_FALSE(parse_time_bound(text).has_value()) << text;
    }
}

TEST(Time, SecondsAreRoundedDown) {
    EXPECT_EQ(unix_seconds(from_unix_ms(1999)), 1);
    EXPECT_EQ(unix_seconds(from_unix_ms(-1)), -1);
}

}  // namespace
}  // namespace outpost
