// Groups as a client sees them: every bucket present, zeros where nothing was, in the contract's order (storage.md
// §8.5 "Filling").
#pragma once

#include "model/metric_groups.hpp"

namespace outpost::model {

inline constexpr std::size_t kMetricPointsMax = 250'000;  ///< of one answer, zeros included: about 30 MB of JSON

struct MetricPoint {
    std::optional<TimePoint> bucket;
    const std::vector<MetricValue>* values = nullptr;
    const MetricTally* tally = nullptr;
    double seconds = 0;  ///< length of the bucket, or of the window
};

/// Produces points one by one: most are zeros, which need not lie in memory. Immutable.
class MetricSeries {
public:
    /// @return limited when there are more than kMetricBucketsMax buckets or kMetricPointsMax points
    static Result<MetricSeries> make(const MetricQuery& query, MetricGroups groups);

    std::size_t size() const { return combinations_.size() * buckets_per_combination(); }
    bool truncated() const { return truncated_; }
    /// @param index  < size(). References point into the series.
    MetricPoint operator[](std::size_t index) const;

private:
    struct Combination {
        std::vector<MetricValue> values;
        std::vector<std::pair<TimePoint, MetricTally>> tallies;  ///< ascending; without granularity exactly one
    };
    std::size_t buckets_per_combination() const { return granularity_ ? buckets_.size() : 1; }

    TimeWindow window_;
    std::optional<Granularity> granularity_;
    std::vector<TimePoint> buckets_;
    std::vector<Combination> combinations_;
    bool truncated_ = false;
};

}  // namespace outpost::model
