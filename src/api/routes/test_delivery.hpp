// POST /tenants/{tenant_id}/destinations/{destination_id}/test: one delivery to try it out (portal.md §15a N2).
#pragma once

#include "api/routes/call.hpp"
#include "api/routes/pipeline_calls.hpp"

namespace outpost::api {

class TestDeliveryRoutes {
public:
    explicit TestDeliveryRoutes(TestCall test) : test_(std::move(test)) {}

    /// Body `{"topic"?,"data"?,"metadata"?}`, or none. 200 with what was sent and what came back, however it ended:
    /// `success` tells. 422 naming the wrong member; 404; 429 with Retry-After (seconds); 503 when we could not try.
    Task<http::ServerResponse> test(Call call);

private:
    TestCall test_;
};

}  // namespace outpost::api
