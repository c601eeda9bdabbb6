#include "model/metric_series.hpp"

#include <gtest/gtest.h>

namespace outpost::model {
namespace {

const TimePoint kStart = *parse_rfc3339("2000-01-15T00:00:00Z");

MetricQuery query_of(std::optional<std::string_view> granularity, std::vector<MetricDimension> dimensions = {}) {
    MetricQuery query{.kind = MetricKind::attempts,
                      .window = {kStart, kStart + 3h},
                      .granularity = {},
                      .dimensions = std::move(dimensions)};
    if (granularity) query.granularity = *parse_granularity(*granularity);
    return query;
}

MetricGroups groups_of(const std::vector<std::pair<MetricKey, std::uint64_t>>& all, std::size_t groups_max = 100) {
    MetricGrouping grouping(groups_max);
    for (const auto& [key, count] : all) grouping.add(key, tally_of({.success = true, .number = 2}, count));
    return std::move(grouping).finish();
}

/// "start-of-bucket values count; …"
std::string shown(const MetricSeries& series) {
    std::string text;
    for (std::size_t index = 0; index < series.size(); ++index) {
        const MetricPoint point = series[index];
        if (point.bucket) text += fmt::format("{}h ", (*point.bucket - kStart) / 1h);
        for (const MetricValue& value : *point.values) {
            std::visit([&](const auto& inner) { text += fmt::format("{} ", inner); }, value);
        }
        text += fmt::format("{}; ", point.tally->count);
    }
    return text;
}

TEST(MetricSeries, ShowsEveryBucketEvenWhenNothingMatched) {
    EXPECT_EQ(shown(*MetricSeries::make(query_of("1h"), {})), "0h 0; 1h 0; 2h 0; ");
    EXPECT_EQ(shown(*MetricSeries::make(query_of("1h"), groups_of({{{kStart + 1h, {}}, 5}}))), "0h 0; 1h 5; 2h 0; ");
}

TEST(MetricSeries, IsEmptyWithoutGranularityOrWithDimensionsWhenNothingMatched) {
    EXPECT_EQ(MetricSeries::make(query_of(std::nullopt), {})->size(), 0U);
    EXPECT_EQ(MetricSeries::make(query_of("1h", {MetricDimension::topic}), {})->size(), 0U);
}

TEST(MetricSeries, FillsEachCombinationThatWasSeenAndSortsThemAsText) {
    const auto numbered = [](int hour, std::int64_t number) {
        return MetricKey{kStart + std::chrono::hours(hour), {number}};
    };
    const auto series = MetricSeries::make(query_of("1h", {MetricDimension::attempt_number}),
                                           groups_of({{numbered(0, 2), 1}, {numbered(2, 10), 3}, {numbered(2, 2), 4}}));
    EXPECT_EQ(shown(*series), "0h 10 0; 1h 10 0; 2h 10 3; 0h 2 1; 1h 2 0; 2h 2 4; ");
}

TEST(MetricSeries, SortsByValuesThemselvesWithoutGranularity) {
    const auto series =
        MetricSeries::make(query_of(std::nullopt, {MetricDimension::attempt_number, MetricDimension::manual}),
                           groups_of({{{std::nullopt, {std::int64_t{10}, false}}, 1},
                                      {{std::nullopt, {std::int64_t{2}, true}}, 2},
                                      {{std::nullopt, {std::int64_t{2}, false}}, 3}}));
    EXPECT_EQ(shown(*series), "2 false 3; 2 true 2; 10 false 1; ");
    EXPECT_EQ((*series)[0].seconds, 3 * 3600);
}

TEST(MetricSeries, KeepsCombinationsApartWhoseTextsJoinAlike) {
    const auto series = MetricSeries::make(query_of("4h", {MetricDimension::topic, MetricDimension::code}),
                                           groups_of({{{kStart, {std::string("a"), std::string("bc")}}, 1},
                                                      {{kStart, {std::string("ab"), std::string("c")}}, 2}}));
    EXPECT_EQ(series->size(), 2U);
}

TEST(MetricSeries, RefusesTooManyPoints) {
    MetricQuery query = query_of("1s", {MetricDimension::topic});
    query.window.end = kStart + 100'000s;
    std::vector<std::pair<MetricKey, std::uint64_t>> all;
    for (const char* topic : {"a", "b", "c"}) all.push_back({{kStart, {std::string(topic)}}, 1});
    EXPECT_EQ(MetricSeries::make(query, groups_of(all)).error().code(), Errc::limited);
    all.pop_back();
    EXPECT_EQ(MetricSeries::make(query, groups_of(all))->size(), 200'000U);
    query.window.end += 1s;
    EXPECT_EQ(MetricSeries::make(query, {}).error().code(), Errc::limited);  // too many buckets
}

TEST(MetricGrouping, KeepsTheFirstGroupsWhole) {  // storage.md §6.5 "limit"
    std::vector<std::pair<MetricKey, std::uint64_t>> all;
    for (const char* topic : {"d", "b", "a", "c", "a", "b", "d", "c", "a"})
        all.push_back({{kStart, {std::string(topic)}}, 1});
    const MetricGroups cut = groups_of(all, 2);
    ASSERT_EQ(cut.groups.size(), 2U);
    EXPECT_TRUE(cut.truncated);
    EXPECT_EQ(cut.groups[0].tally.count, 3U);  // a
    EXPECT_EQ(cut.groups[1].tally.count, 2U);  // b
    EXPECT_FALSE(groups_of(all, 4).truncated);
}

TEST(MetricMeasures, FollowTheirFormulas) {  // storage.md §8.5
    MetricTally tally = tally_of({.success = true, .manual = false, .number = 1}, 4);
    tally += tally_of({.success = false, .manual = false, .number = 3}, 2);
    tally += tally_of({.success = false, .manual = true, .number = 1}, 1);
    tally += tally_of({.success = true, .manual = true, .number = 4}, 1);
    using M = MetricMeasure;
    const auto count = [&](M which) { return std::get<std::uint64_t>(measure(which, tally, 16)); };
    const auto fraction = [&](M which) { return std::get<double>(measure(which, tally, 16)); };
    EXPECT_EQ(count(M::count), 8U);
    EXPECT_EQ(count(M::successful_count), 5U);
    EXPECT_EQ(count(M::failed_count), 3U);
    EXPECT_EQ(count(M::first_attempt_count), 4U);
    EXPECT_EQ(count(M::retry_count), 3U);  // manual ones included
    EXPECT_EQ(count(M::manual_retry_count), 2U);
    EXPECT_EQ(fraction(M::error_rate), 3.0 / 8);
    EXPECT_EQ(fraction(M::avg_attempt_number), (4 + 6 + 1 + 4) / 8.0);
    EXPECT_EQ(fraction(M::rate), 0.5);
    EXPECT_EQ(fraction(M::successful_rate), 5.0 / 16);
    EXPECT_EQ(fraction(M::failed_rate), 3.0 / 16);
    EXPECT_EQ(std::get<double>(measure(M::error_rate, {}, 16)), 0.0);
    EXPECT_EQ(std::get<double>(measure(M::avg_attempt_number, {}, 16)), 0.0);
}

TEST(MetricNames, BelongToTheirKind) {  // api.md §13.1
    for (const std::string_view name : {"tenant_id", "topic", "destination_id"}) {
        EXPECT_EQ(to_string(*find_dimension(MetricKind::events, name)), name);
        EXPECT_EQ(to_string(*find_dimension(MetricKind::attempts, name)), name);
    }
    for (const std::string_view name : {"destination_type", "status", "code", "manual", "attempt_number"}) {
        EXPECT_FALSE(find_dimension(MetricKind::events, name).has_value());
        EXPECT_EQ(to_string(*find_dimension(MetricKind::attempts, name)), name);
    }
    for (const std::string_view name : {"count", "rate"}) {
        EXPECT_EQ(to_string(*find_measure(MetricKind::events, name)), name);
        EXPECT_EQ(to_string(*find_measure(MetricKind::attempts, name)), name);
    }
    for (const std::string_view name :
         {"successful_count", "failed_count", "error_rate", "first_attempt_count", "retry_count", "manual_retry_count",
          "avg_attempt_number", "successful_rate", "failed_rate"}) {
        EXPECT_FALSE(find_measure(MetricKind::events, name).has_value());
        EXPECT_EQ(to_string(*find_measure(MetricKind::attempts, name)), name);
    }
    EXPECT_FALSE(find_measure(MetricKind::attempts, "bogus").has_value());
    EXPECT_FALSE(find_dimension(MetricKind::attempts, "event_id").has_value());
}

}  // namespace
}  // namespace outpost::model
