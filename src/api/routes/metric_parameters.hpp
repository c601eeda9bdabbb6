// The query of /metrics/*, with the answers to wrong ones (api.md §13.1, §13.4).
#pragma once

#include "api/query/list_query.hpp"
#include "model/metric_query.hpp"

namespace outpost::api {

struct MetricParameters {
    model::MetricQuery query;
    std::vector<model::MetricMeasure> measures;  ///< at least one, each once
};

/// 400 with the contract's text; the first failure wins.
Parsed<MetricParameters> parse_metric_parameters(const Query& query, model::MetricKind kind);

}  // namespace outpost::api
