// Metrics as clients see them (api.md §13.2). Pure: every function appends to a writer.
#pragma once

#include "base/json_writer.hpp"
#include "manage/metrics/metrics.hpp"

namespace outpost::api {

/// What was asked, as far as it shapes the answer.
struct MetricColumns {
    std::vector<model::MetricDimension> dimensions;
    std::vector<model::MetricMeasure> measures;
};

/// `time_bucket` only with granularity; `dimensions` always an object; `metrics` exactly the measures.
void write_metric_point(JsonWriter& out, const model::MetricPoint& point, const MetricColumns& columns);
/// `"metadata":{…}` as a member.
void write_metric_metadata(JsonWriter& out, const manage::MetricReport& report,
                           std::optional<model::Granularity> granularity);

}  // namespace outpost::api
