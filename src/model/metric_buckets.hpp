// The time buckets of metrics: one canonical grid in UTC for every back-end (api.md §13.3, storage.md §8.5, D3 of §14).
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace outpost::model {

inline constexpr std::size_t kMetricBucketsMax = 100'000;  ///< of one answer (api.md §13.4)

/// Start inclusive, end exclusive.
struct TimeWindow {
    TimePoint start;
    TimePoint end;

    bool contains(TimePoint time) const { return time >= start && time < end; }
};

enum class BucketUnit { second, minute, hour, day, week, month };

/// How long a bucket is: so many of a unit, within the unit's limit.
struct Granularity {
    std::uint32_t count = 1;
    BucketUnit unit = BucketUnit::hour;

    bool operator==(const Granularity&) const = default;
};

/// "5m", "1M". @return invalid with the text of api.md §13.4
Result<Granularity> parse_granularity(std::string_view text);
std::string to_string(Granularity granularity);

/// The start of the bucket that `time` lies in. Grid: seconds, minutes and hours count from 0001-01-01; days from
/// 1970-01-01; weeks from Sunday 1970-01-04; months from January 1970. Any time, before 1970 too.
TimePoint bucket_of(Granularity granularity, TimePoint time);
/// The start of the bucket after the one that starts at `start`.
TimePoint next_bucket(Granularity granularity, TimePoint start);
/// Its length; months have their real ones.
std::chrono::duration<double> bucket_length(Granularity granularity, TimePoint start);
/// Every bucket that the window touches; the first may begin before it.
/// @return limited when there are more than kMetricBucketsMax
Result<std::vector<TimePoint>> buckets_of(Granularity granularity, TimeWindow window);

}  // namespace outpost::model
