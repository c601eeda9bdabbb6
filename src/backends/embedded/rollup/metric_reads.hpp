// Answers a question about metrics: cells for whole minutes, rows for the rest (storage.md §16.5).
#pragma once

#include "backends/embedded/read/read_session.hpp"
#include "model/metric_groups.hpp"

#include <functional>

namespace outpost::embedded {

struct MetricsAnswer {
    model::MetricGroups groups;
    bool rollup_damaged = false;  ///< all was counted from rows: it is to be made anew
};

/// @param rollup  the file; it need not be there
/// @param stop  asked now and then; when it says true, the answer is timeout
/// Errors as of ports::MetricsReader.
Result<MetricsAnswer> count_metrics(ReadSession& session, const std::filesystem::path& rollup,
                                    const model::MetricQuery& query, const std::function<bool()>& stop);

}  // namespace outpost::embedded
