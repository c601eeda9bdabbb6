// Counts what the ledger recorded, by time and by dimensions (api.md §13, storage.md §8.5).
#pragma once

#include "base/deadline.hpp"
#include "base/result.hpp"
#include "base/task.hpp"
#include "model/metric_groups.hpp"

namespace outpost::ports {

/// Any shard. Counts a fact as soon as the ledger call that stored it returned (decision A8).
class MetricsReader {
public:
    virtual ~MetricsReader() = default;

    /// Rows of the query's window that pass its filters, counted by bucket and dimensions. Exact. A group without rows
    /// is not there. An event with the dimension destination_id counts once for each destination it matched, also for
    /// those that a filter does not name; without one it does not count.
    /// @return limited: more than the store will group; timeout; unavailable
    virtual Task<Result<model::MetricGroups>> count(model::MetricQuery query, Deadline deadline) = 0;
};

}  // namespace outpost::ports
