// The MetricsReader over a MemoryTruth: looks at every row, each time.
#pragma once

#include "ports/fakes/memory_tenant_store.hpp"
#include "ports/fakes/memory_truth.hpp"
#include "ports/metrics_reader.hpp"

namespace outpost::ports::fakes {

/// All shards on one thread.
class MemoryMetrics final : public MetricsReader {
public:
    /// @param names  tells the public ids of destinations, deleted ones included
    MemoryMetrics(const MemoryTruth& truth, const MemoryTenantStore& names, const Clock& clock)
        : truth_(truth), names_(names), clock_(clock) {}

    Task<Result<model::MetricGroups>> count(model::MetricQuery query, Deadline deadline) override;

private:
    void count_events(const model::MetricQuery& query, model::MetricGrouping& grouping) const;
    void count_attempts(const model::MetricQuery& query, model::MetricGrouping& grouping) const;

    const MemoryTruth& truth_;
    const MemoryTenantStore& names_;
    const Clock& clock_;
};

}  // namespace outpost::ports::fakes
