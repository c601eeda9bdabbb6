#include "api/views/metric_view.hpp"

namespace outpost::api {

void write_metric_point(JsonWriter& out, const model::MetricPoint& point, const MetricColumns& columns) {
    out.begin_object();
    if (point.bucket) out.member("time_bucket", *point.bucket);
    out.key("dimensions");
    out.begin_object();
    for (std::size_t index = 0; index < columns.dimensions.size(); ++index) {
        out.key(to_string(columns.dimensions[index]));
        std::visit([&](const auto& value) { out.value(value); }, (*point.values)[index]);
    }
    out.end_object();
    out.key("metrics");
    out.begin_object();
    for (const model::MetricMeasure measure : columns.measures) {
        out.key(to_string(measure));
        std::visit([&](auto value) { out.value(value); }, model::measure(measure, *point.tally, point.seconds));
    }
    out.end_object();
    out.end_object();
}

void write_metric_metadata(JsonWriter& out, const manage::MetricReport& report,
                           std::optional<model::Granularity> granularity) {
    out.key("metadata");
    out.begin_object();
    if (granularity) out.member("granularity", to_string(*granularity));
    out.member("query_time_ms", report.took.count());
    out.member("row_count", report.series.size());
    out.member("row_limit", model::kMetricGroupsMax);
    out.member("truncated", report.series.truncated());
    out.end_object();
}

}  // namespace outpost::api
