// POST /retry, and the older path that names event and destination (api.md §10, §16.2).
#pragma once

#include "api/routes/call.hpp"
#include "api/routes/pipeline_calls.hpp"

namespace outpost::api {

class RetryRoutes {
public:
    explicit RetryRoutes(RetryCall retry) : retry_(std::move(retry)) {}

    /// Both ids in the body.
    Task<http::ServerResponse> retry(Call call);
    /// Both ids in the path; only events of the path's tenant.
    Task<http::ServerResponse> retry_by_path(Call call);

private:
    Task<http::ServerResponse> answer(std::optional<TenantId> scope, EventId event, DestinationId destination,
                                      Deadline deadline, std::string request_id);

    RetryCall retry_;
};

}  // namespace outpost::api
