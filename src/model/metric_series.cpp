#include "model/metric_series.hpp"

#include <fmt/format.h>

namespace outpost::model {
namespace {

constexpr MetricTally kNothing;

/// The order of combinations is that of their texts: "10" < "2", false < true.
std::string sort_text(const std::vector<MetricValue>& values) {
    struct Text {
        std::string operator()(const std::string& text) const { return text; }
        std::string operator()(bool flag) const { return flag ? "true" : "false"; }
        std::string operator()(std::int64_t number) const { return fmt::to_string(number); }
    };
    std::string joined;
    for (const MetricValue& value : values) {
        if (&value != values.data()) joined += '\0';
        joined += std::visit(Text{}, value);
    }
    return joined;
}

}  // namespace

Result<MetricSeries> MetricSeries::make(const MetricQuery& query, MetricGroups groups) {
    MetricSeries series;
    series.window_ = query.window;
    series.granularity_ = query.granularity;
    series.truncated_ = groups.truncated;
    if (!query.granularity) {
        for (MetricGroup& group : groups.groups) {
            series.combinations_.push_back({std::move(group.key.values), {{query.window.start, group.tally}}});
        }
        return series;
    }
    TRY(series.buckets_, buckets_of(*query.granularity, query.window));
    std::map<std::string, Combination> by_text;
    if (query.dimensions.empty()) by_text[""];  // every bucket is there even when nothing matched
    for (MetricGroup& group : groups.groups) {
        Combination& combination = by_text[sort_text(group.key.values)];
        combination.values = std::move(group.key.values);
        combination.tallies.emplace_back(*group.key.bucket, group.tally);
    }
    if (by_text.size() > kMetricPointsMax / series.buckets_.size()) return fail(Errc::limited, "too many points");
    for (auto& [text, combination] : by_text) series.combinations_.push_back(std::move(combination));
    return series;
}

MetricPoint MetricSeries::operator[](std::size_t index) const {
    const Combination& combination = combinations_[index / buckets_per_combination()];
    if (!granularity_) {
        return {.bucket = std::nullopt,
                .values = &combination.values,
                .tally = &combination.tallies.front().second,
                .seconds = std::chrono::duration<double>(window_.end - window_.start).count()};
    }
    const TimePoint bucket = buckets_[index % buckets_per_combination()];
    const auto found =
        std::ranges::lower_bound(combination.tallies, bucket, {}, [](const auto& entry) { return entry.first; });
    const bool there = found != combination.tallies.end() && found->first == bucket;
    return {.bucket = bucket,
            .values = &combination.values,
            .tally = there ? &found->second : &kNothing,
            .seconds = bucket_length(*granularity_, bucket).count()};
}

}  // namespace outpost::model
