// Metrics as clients ask for them: whose they may see, and how much at once (api.md §13.4).
#pragma once

#include "base/clock.hpp"
#include "manage/refusal/refusal.hpp"
#include "model/metric_series.hpp"
#include "ports/metrics_reader.hpp"

namespace outpost::manage {

inline constexpr auto kMetricQueryTimeout = std::chrono::seconds(30);

struct MetricReport {
    model::MetricSeries series;
    Milliseconds took{0};
};

/// One a shard. Reads only.
class Metrics {
public:
    Metrics(ports::MetricsReader& reader, const Clock& clock) : reader_(reader), clock_(clock) {}

    /// Comes before every other check of a request. @return denied: a tenant can't ask by tenant
    static Granted<void> check_dimensions(const std::optional<TenantId>& scope, const std::vector<std::string>& names);

    /// @param scope  the tenant that the caller is confined to; none = all
    /// @return denied: a filter names another tenant; limited "query too broad…", also when it took too long
    Task<Granted<MetricReport>> report(std::optional<TenantId> scope, model::MetricQuery query, Deadline deadline);

private:
    ports::MetricsReader& reader_;
    const Clock& clock_;
};

}  // namespace outpost::manage
