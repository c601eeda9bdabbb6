// /metrics/events and /metrics/attempts (api.md §13).
#pragma once

#include "api/routes/call.hpp"
#include "manage/metrics/metrics.hpp"

namespace outpost::api {

class MetricRoutes {
public:
    explicit MetricRoutes(manage::Metrics& metrics) : metrics_(metrics) {}

    Task<http::ServerResponse> events(Call call);
    Task<http::ServerResponse> attempts(Call call);

private:
    Task<http::ServerResponse> report(model::MetricKind kind, Call call);

    manage::Metrics& metrics_;
};

}  // namespace outpost::api
