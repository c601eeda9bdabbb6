// Counts by time (storage.md §15.6 "Characteristic", §8.5; api.md §13.3).
#include "ports/conformance/metrics_suite.hpp"

#include <numeric>

namespace outpost::ports::conformance {

using M = model::MetricMeasure;

void link_metrics_bucket_cases() {}

const MetricQuestion kDay15{
    .start = "2000-01-15T00:00:00Z", .end = "2000-01-16T00:00:00Z", .granularity = "1h", .dimensions = {}};

std::uint64_t sum(const std::vector<std::uint64_t>& all) {
    return std::accumulate(all.begin(), all.end(), std::uint64_t{0});
}

MetricQuestion during(std::string start, std::string end, std::string granularity) {
    return {.start = std::move(start), .end = std::move(end), .granularity = std::move(granularity), .dimensions = {}};
}

TEST_P(MetricsSuite, CountsByHour) {
    make_january();
    for (const auto& series : {events(kDay15), attempts(kDay15)}) {
        const std::vector<std::uint64_t> hours = counts(series);
        ASSERT_EQ(hours.size(), 24U);
        EXPECT_EQ((std::vector(hours.begin() + 10, hours.begin() + 15)),
                  (std::vector<std::uint64_t>{25, 50, 100, 50, 25}));
        EXPECT_EQ(sum(hours), 250U);
        for (std::size_t hour = 0; hour < 24; ++hour) {
            EXPECT_EQ(value(series, hour, M::rate), static_cast<double>(hours[hour]) / 3600);
            EXPECT_EQ(to_rfc3339(*series[hour].bucket), fmt::format("2000-01-15T{:02}:00:00Z", hour));
        }
    }
}

TEST_P(MetricsSuite, CountsByMonthWeekDayAndMinute) {
    make_january();
    const MetricQuestion month{.granularity = "1M", .dimensions = {}};
    EXPECT_EQ(shown(events(month)), "2000-01-01T00:00:00Z/=300");
    EXPECT_EQ(sum(counts(attempts({.granularity = "1w", .dimensions = {}}))), 300U);
    EXPECT_EQ(sum(counts(events({.granularity = "2d", .dimensions = {}}))), 300U);
    EXPECT_EQ(shown(events(during(kDay15.start, kDay15.end, "1d"))), "2000-01-15T00:00:00Z/=250");
    const auto hour10 = counts(events(during("2000-01-15T10:00:00Z", "2000-01-15T11:00:00Z", "1m")));
    EXPECT_EQ(hour10.size(), 60U);
    EXPECT_EQ(sum(hour10), 25U);
    const auto hour12 = counts(attempts(during("2000-01-15T12:00:00Z", "2000-01-15T13:00:00Z", "1m")));
    EXPECT_EQ(hour12.size(), 60U);
    EXPECT_EQ(sum(hour12), 100U);
    EXPECT_EQ(counts(events(during("2000-02-01T00:00:00Z", "2000-03-01T00:00:00Z", "1d"))),
              std::vector<std::uint64_t>(29, 0));
}

TEST_P(MetricsSuite, MeasuresZeroInEmptyBuckets) {
    make_january();
    const auto series = attempts(kDay15);
    for (const std::size_t hour : {0U, 9U, 15U, 23U}) {
        for (const M measure :
             {M::count, M::rate, M::successful_count, M::failed_count, M::error_rate, M::first_attempt_count,
              M::retry_count, M::manual_retry_count, M::avg_attempt_number, M::successful_rate, M::failed_rate}) {
            EXPECT_EQ(value(series, hour, measure), 0) << to_string(measure);
        }
    }
}

TEST_P(MetricsSuite, BeginsWithTheBucketThatHoldsTheStart) {
    make_january();
    const auto hours = events(during("2000-01-15T03:17:42Z", "2000-01-15T12:00:00Z", "1h"));
    EXPECT_EQ(to_rfc3339(*hours[0].bucket), "2000-01-15T03:00:00Z");
    EXPECT_EQ(to_rfc3339(*events(during("2000-01-15T14:30:00Z", kDay15.end, "1d"))[0].bucket), "2000-01-15T00:00:00Z");
}

TEST_P(MetricsSuite, CutsAtTheEdgesOfTheWindow) {  // events of hour 12 come every 36 s, from 12:00:00
    make_january();
    const auto count = [&](std::string start, std::string end, std::string granularity) {
        return sum(counts(events(during(std::move(start), std::move(end), std::move(granularity)))));
    };
    for (const std::string granularity : {"", "1s", "1m", "1h", "1d"}) {
        EXPECT_EQ(count("2000-01-15T12:00:00Z", "2000-01-15T12:00:36Z", granularity), 1U) << granularity;
        EXPECT_EQ(count("2000-01-15T12:00:00Z", "2000-01-15T12:00:36.001Z", granularity), 2U) << granularity;
        EXPECT_EQ(count("2000-01-15T12:00:00.001Z", "2000-01-15T12:02:24Z", granularity), 3U) << granularity;
        EXPECT_EQ(count("2000-01-15T11:59:59.999Z", "2000-01-15T13:00:00Z", granularity), 100U) << granularity;
    }
    EXPECT_EQ(count("2000-01-03T09:00:00.001Z", "2000-01-28T18:00:00Z", "1d"), 298U);
    EXPECT_EQ(count("2000-01-03T09:00:00Z", "2000-01-28T18:00:00.001Z", "1M"), 300U);
}

TEST_P(MetricsSuite, FindsEveryRowUnderEveryGranularity) {  // D3: the reference loses rows of most of these
    make_january();
    for (const std::string granularity :
         {"7s", "59s", "7m", "25m", "59m", "5h", "7h", "23h", "24h", "3d", "31d", "2w", "3w", "5M", "9M", "12M"}) {
        const bool short_steps = granularity.ends_with('s');
        const auto series = attempts(during(short_steps ? kDay15.start : "2000-01-01T00:00:00Z",
                                            short_steps ? kDay15.end : "2000-02-01T00:00:00Z", granularity));
        EXPECT_EQ(sum(counts(series)), short_steps ? 250U : 300U) << granularity;
    }
}

TEST_P(MetricsSuite, FillsEachCombinationWithItsOwnSeries) {
    make_january();
    MetricQuestion by_topic = kDay15;
    by_topic.dimensions = {"topic"};
    const auto series = events(by_topic);
    ASSERT_EQ(series.size(), 3U * 24U);
    EXPECT_EQ(sum(counts(series)), 250U);
    for (std::size_t point = 0; point < series.size(); ++point) {
        EXPECT_EQ(std::get<std::string>(series[point].values->at(0)), fmt::format("topic{}", point / 24));
    }
    MetricQuestion by_type = kDay15;
    by_type.dimensions = {"destination_type"};
    const auto types = attempts(by_type);
    ASSERT_EQ(types.size(), 24U);
    EXPECT_EQ(std::get<std::string>(types[0].values->at(0)), "webhook");  // D4: also where there is nothing
}

}  // namespace outpost::ports::conformance
