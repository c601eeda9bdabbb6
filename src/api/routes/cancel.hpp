// POST /tenants/{tenant_id}/destinations/{destination_id}/events/{event_id}/cancel: stop retrying (portal.md §15a N11).
#pragma once

#include "api/routes/call.hpp"
#include "api/routes/pipeline_calls.hpp"

namespace outpost::api {

class CancelRoutes {
public:
    explicit CancelRoutes(CancelCall cancel) : cancel_(std::move(cancel)) {}

    /// 200 `{"success":true}` once it is durable, also when nothing waited. No body is read. 404 for an event or a
    /// destination that the tenant does not have; 503 when it could not be stored.
    Task<http::ServerResponse> cancel(Call call);

private:
    CancelCall cancel_;
};

}  // namespace outpost::api
