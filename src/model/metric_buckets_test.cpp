#include "model/metric_buckets.hpp"

#include <gtest/gtest.h>

namespace outpost::model {
namespace {

TimePoint at(std::string_view text) {
    return *parse_rfc3339(text);
}
Granularity grain(std::string_view text) {
    return *parse_granularity(text);
}

struct BucketCase {
    std::string_view granularity, time, start, next;
};

// api.md §13.3, storage.md §8.5 "Canonical bucket grid".
constexpr BucketCase kBuckets[] = {
    {"1s", "2026-03-02T14:07:09.999Z", "2026-03-02T14:07:09Z", "2026-03-02T14:07:10Z"},
    {"5m", "2026-03-02T14:07:09Z", "2026-03-02T14:05:00Z", "2026-03-02T14:10:00Z"},
    {"1h", "2000-01-10T03:17:42Z", "2000-01-10T03:00:00Z", "2000-01-10T04:00:00Z"},
    {"24h", "2026-03-02T14:07:09Z", "2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z"},
    {"1d", "2000-01-10T14:30:00Z", "2000-01-10T00:00:00Z", "2000-01-11T00:00:00Z"},
    {"2d", "1970-01-02T12:00:00Z", "1970-01-01T00:00:00Z", "1970-01-03T00:00:00Z"},
    {"31d", "1970-02-01T00:00:00Z", "1970-02-01T00:00:00Z", "1970-03-04T00:00:00Z"},
    {"1w", "2026-03-07T23:59:59Z", "2026-03-01T00:00:00Z", "2026-03-08T00:00:00Z"},
    {"2w", "1970-01-17T23:59:59Z", "1970-01-04T00:00:00Z", "1970-01-18T00:00:00Z"},
    {"1M", "2000-02-29T23:59:59Z", "2000-02-01T00:00:00Z", "2000-03-01T00:00:00Z"},
    {"5M", "1970-11-30T00:00:00Z", "1970-11-01T00:00:00Z", "1971-04-01T00:00:00Z"},
    {"12M", "2026-12-31T00:00:00Z", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"},
};

TEST(MetricBuckets, LieOnTheCanonicalGrid) {
    for (const BucketCase& row : kBuckets) {
        const TimePoint start = bucket_of(grain(row.granularity), at(row.time));
        EXPECT_EQ(to_rfc3339(start), row.start) << row.granularity << " " << row.time;
        EXPECT_EQ(to_rfc3339(next_bucket(grain(row.granularity), start)), row.next) << row.granularity;
    }
}

TEST(MetricBuckets, FirstWeekOf1970BeginsBeforeTheEpoch) {
    EXPECT_EQ(to_rfc3339(bucket_of(grain("1w"), from_unix_ms(0))), "1969-12-28T00:00:00Z");
}

TEST(MetricBuckets, StepsThatDoNotDivideADayCountFromYearOne) {
    constexpr std::int64_t kYearOneSeconds = 62'135'596'800;
    for (const std::string_view text : {"7s", "59s", "7m", "25m", "5h", "7h", "23h"}) {
        const TimePoint start = bucket_of(grain(text), at("2026-03-02T14:07:09Z"));
        const auto length = (next_bucket(grain(text), start) - start).count() / 1000;
        EXPECT_EQ((unix_ms(start) / 1000 + kYearOneSeconds) % length, 0) << text;
    }
}

TEST(MetricBuckets, EveryGranularityTilesTime) {  // storage.md §15.6 "every (unit, N) against the canonical grid"
    constexpr std::pair<char, int> kUnits[] = {{'s', 60}, {'m', 60}, {'h', 24}, {'d', 31}, {'w', 4}, {'M', 12}};
    for (const auto& [unit, maximum] : kUnits) {
        for (int count = 1; count <= maximum; ++count) {
            const Granularity each = grain(fmt::format("{}{}", count, unit));
            for (TimePoint time = at("1999-12-30T23:59:59.999Z"); time < at("2001-03-02T00:00:00Z");
                 time += 331h + 7ms) {
                const TimePoint start = bucket_of(each, time);
                const TimePoint next = next_bucket(each, start);
                ASSERT_LE(start, time) << count << unit;
                ASSERT_LT(time, next) << count << unit;
                ASSERT_EQ(bucket_of(each, start), start) << count << unit;
                ASSERT_EQ(bucket_of(each, next - 1ms), start) << count << unit;
                ASSERT_EQ(bucket_of(each, next), next) << count << unit;
            }
        }
    }
}

TEST(MetricBuckets, MonthsHaveTheirRealLength) {
    EXPECT_EQ(bucket_length(grain("1M"), at("2000-02-01T00:00:00Z")).count(), 29 * 86'400);
    EXPECT_EQ(bucket_length(grain("2M"), at("2001-01-01T00:00:00Z")).count(), 59 * 86'400);
    EXPECT_EQ(bucket_length(grain("15m"), at("2000-02-01T00:00:00Z")).count(), 900);
}

TEST(MetricBuckets, CoverAWindow) {  // storage.md §15.6 "number of points"
    const auto count = [](std::string_view granularity, std::string_view start, std::string_view end) {
        return buckets_of(grain(granularity), {at(start), at(end)})->size();
    };
    EXPECT_EQ(count("1h", "2000-01-15T00:00:00Z", "2000-01-16T00:00:00Z"), 24U);
    EXPECT_EQ(count("1d", "2000-01-01T00:00:00Z", "2000-01-08T00:00:00Z"), 7U);
    EXPECT_EQ(count("1m", "2000-01-15T10:00:00Z", "2000-01-15T11:00:00Z"), 60U);
    EXPECT_EQ(count("5m", "2000-01-15T10:00:00Z", "2000-01-15T11:00:00Z"), 12U);
    EXPECT_EQ(count("1d", "2000-01-15T06:00:00Z", "2000-01-15T12:00:00Z"), 1U);
    EXPECT_EQ(count("1d", "2000-02-01T00:00:00Z", "2000-03-01T00:00:00Z"), 29U);
    EXPECT_EQ(count("1h", "2000-01-15T03:17:42Z", "2000-01-15T04:00:00.001Z"), 2U);
}

TEST(MetricBuckets, AreLimited) {
    const TimePoint start = at("2000-01-15T00:00:00Z");
    EXPECT_EQ(buckets_of(grain("1s"), {start, start + 100'000s})->size(), kMetricBucketsMax);
    EXPECT_EQ(buckets_of(grain("1s"), {start, start + 100'001s}).error().code(), Errc::limited);
}

TEST(Granularity, RefusesWithTheContractsTexts) {  // api.md §13.4, §19 case 149
    constexpr std::pair<std::string_view, std::string_view> kCases[] = {
        {"61s", "s value must be between 1 and 60"},
        {"61m", "m value must be between 1 and 60"},
        {"25h", "h value must be between 1 and 24"},
        {"32d", "d value must be between 1 and 31"},
        {"5w", "w value must be between 1 and 4"},
        {"13M", "M value must be between 1 and 12"},
        {"0h", "value must be > 0"},
        {"99999999999999999999h", "h value must be between 1 and 24"},
    };
    for (const auto& [text, why] : kCases) {
        EXPECT_EQ(parse_granularity(text).error().text(), fmt::format("invalid granularity \"{}\": {}", text, why));
    }
    for (const std::string_view text : {"x", "h", "1", "1H", "-1h", "1.5h", "1hh", " 1h", "1y"}) {
        EXPECT_EQ(parse_granularity(text).error().text(),
                  fmt::format("invalid granularity \"{}\": must match <number><unit> where unit is one of s,m,h,d,w,M",
                              text));
    }
}

TEST(Granularity, KeepsItsText) {
    for (const std::string_view text : {"1s", "60s", "60m", "24h", "31d", "4w", "12M"}) {
        EXPECT_EQ(to_string(grain(text)), text);
    }
}

}  // namespace
}  // namespace outpost::model
