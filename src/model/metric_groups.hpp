// Rows counted by bucket and dimensions: what a log store answers, before zeros are filled in (storage.md §8.5).
#pragma once

#include "model/metric_query.hpp"

#include <map>
#include <variant>

namespace outpost::model {

inline constexpr std::size_t kMetricGroupsMax = 100'000;  ///< `row_limit` (api.md §13.2)

/// Every measure is a function of these. Of events only `count` is filled.
struct MetricTally {
    std::uint64_t count = 0;
    std::uint64_t successes = 0;
    std::uint64_t first_attempts = 0;  ///< number 1 and not manual
    std::uint64_t retries = 0;         ///< number over 1, manual ones too
    std::uint64_t manual = 0;
    std::uint64_t number_sum = 0;

    MetricTally& operator+=(const MetricTally& other);
    bool operator==(const MetricTally&) const = default;
};

/// What is known of so many equal attempts.
struct AttemptFacts {
    bool success = false;
    bool manual = false;
    std::uint32_t number = 1;
};
MetricTally tally_of(const AttemptFacts& facts, std::uint64_t count = 1);

/// A measure of a group. Counts are integers, the others fractions; nothing divides by zero.
/// @param seconds  length of the bucket, or of the whole window
std::variant<std::uint64_t, double> measure(MetricMeasure measure, const MetricTally& tally, double seconds);

/// Text for most dimensions, boolean for `manual`, integer for `attempt_number` (api.md §13.2).
using MetricValue = std::variant<std::string, bool, std::int64_t>;

struct MetricKey {
    std::optional<TimePoint> bucket;  ///< none without granularity
    std::vector<MetricValue> values;  ///< one a dimension, in the query's order

    auto operator<=>(const MetricKey&) const = default;
};

struct MetricGroup {
    MetricKey key;
    MetricTally tally;

    bool operator==(const MetricGroup&) const = default;
};

/// Ordered by bucket, then by values.
struct MetricGroups {
    std::vector<MetricGroup> groups;  ///< at most kMetricGroupsMax
    bool truncated = false;           ///< there were more: these are the first ones
};

/// Adds up rows in bounded memory: what can't be among the first kMetricGroupsMax groups is forgotten.
class MetricGrouping {
public:
    explicit MetricGrouping(std::size_t groups_max = kMetricGroupsMax) : groups_max_(groups_max) {}

    void add(MetricKey key, const MetricTally& tally);
    MetricGroups finish() &&;

private:
    std::size_t groups_max_;
    std::map<MetricKey, MetricTally> groups_;
    std::optional<MetricKey> cut_;  ///< the smallest key that was forgotten
};

}  // namespace outpost::model
