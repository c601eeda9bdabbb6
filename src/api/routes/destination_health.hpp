// GET /tenants/{tenant_id}/destinations/health and …/{destination_id}/health (portal.md §15a N1).
#pragma once

#include "api/routes/call.hpp"
#include "pipeline/watch/health.hpp"

namespace outpost::api {

class DestinationHealthRoutes {
public:
    explicit DestinationHealthRoutes(pipeline::Health& health) : health_(health) {}

    /// A bare array, in the order of the list of destinations; `destination_id` (array) narrows it. At most
    /// pipeline::kHealthDestinationsMax: ask for the others by their ids; 422 for more of those.
    Task<http::ServerResponse> list(Call call);
    /// 404 "destination not found".
    Task<http::ServerResponse> get(Call call);

private:
    pipeline::Health& health_;
};

}  // namespace outpost::api
