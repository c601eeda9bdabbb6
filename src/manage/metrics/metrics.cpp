#include "manage/metrics/metrics.hpp"

namespace outpost::manage {
namespace {

std::unexpected<Refusal> refuse_error(const Error& error) {
    if (error.code() == Errc::limited || error.code() == Errc::timeout) {
        return refuse(RefusalKind::limited,
                      "query too broad: try fewer dimensions, more filters, or a shorter time range");
    }
    return std::unexpected(to_refusal(error, "not found"));
}

}  // namespace

Granted<void> Metrics::check_dimensions(const std::optional<TenantId>& scope, const std::vector<std::string>& names) {
    if (!scope || std::ranges::find(names, "tenant_id") == names.end()) return {};
    return refuse(RefusalKind::denied, "tenant_id dimension is not allowed for tenant-scoped requests");
}

Task<Granted<MetricReport>> Metrics::report(std::optional<TenantId> scope, model::MetricQuery query,
                                            Deadline deadline) {
    const MonotonicTime started = clock_.monotonic();
    if (scope) {
        const auto is_other = [&](const TenantId& id) { return id != *scope; };
        if (std::ranges::any_of(query.filters.tenants, is_other)) {
            co_return refuse(RefusalKind::denied, "filters[tenant_id] does not match authenticated tenant");
        }
        query.filters.tenants = {*scope};
    }
    if (query.granularity) {  // before any work
        const auto buckets = model::buckets_of(*query.granularity, query.window);
        if (!buckets) co_return refuse_error(buckets.error());
    }
    auto groups = co_await reader_.count(query, deadline.or_earlier(started + kMetricQueryTimeout));
    if (!groups) co_return refuse_error(groups.error());
    auto series = model::MetricSeries::make(query, std::move(*groups));
    if (!series) co_return refuse_error(series.error());
    const auto took = std::chrono::duration_cast<Milliseconds>(clock_.monotonic() - started);
    co_return MetricReport{std::move(*series), took};
}

}  // namespace outpost::manage
