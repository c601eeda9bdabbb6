// The contract of ports/metrics_reader.hpp as tests (storage.md §15.6). Instantiate it for every MetricsReader; the log
// is written through the ledger beside it.
#pragma once

#include "model/metric_series.hpp"
#include "ports/conformance/log_reader_suite.hpp"

namespace outpost::ports::conformance {

/// The questions of the suite in short: dimensions as words, times as text.
struct MetricQuestion {
    std::string start = "2000-01-01T00:00:00Z";
    std::string end = "2000-02-01T00:00:00Z";
    std::string granularity;  ///< empty: none
    std::vector<std::string> dimensions;
    model::MetricFilters filters{.tenants = {TenantId("m1")}};
};

class MetricsSuite : public LogReaderSuite {
protected:
    /// The data set of storage.md §15.6: 300 pairs of tenant m1, 5 of m2, in January 2000. Times pass between batches,
    /// so that an implementation that counts ahead has counted some of them when it is asked.
    void make_january();

    model::MetricSeries events(const MetricQuestion& question) { return ask(model::MetricKind::events, question); }
    model::MetricSeries attempts(const MetricQuestion& question) { return ask(model::MetricKind::attempts, question); }
    /// The points as text, "values=count", joined by blanks; a bucket goes before as RFC 3339.
    static std::string shown(const model::MetricSeries& series);
    /// One measure of a point.
    static double value(const model::MetricSeries& series, std::size_t point, model::MetricMeasure measure);
    /// The count of every point.
    static std::vector<std::uint64_t> counts(const model::MetricSeries& series);

private:
    void publish_pairs(const std::string& tenant, std::size_t first, const std::vector<TimePoint>& times);
    model::MetricSeries ask(model::MetricKind kind, const MetricQuestion& question);
};

/// Draws the cases out of the library into any program that includes this header.
void link_metrics_suite();
[[gnu::used]] inline constexpr auto kMetricsSuiteLinked = &link_metrics_suite;

}  // namespace outpost::ports::conformance
