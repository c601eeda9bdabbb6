// The HTTP API: one request in, one response out (api.md). Statuses, texts and paths live here and below; what they are
// about lives in src/manage and src/pipeline.
#pragma once

#include "api/api_settings.hpp"
#include "api/auth/authenticator.hpp"
#include "api/health/readiness.hpp"
#include "api/limit/rate_limiter.hpp"
#include "api/routes/pipeline_calls.hpp"
#include "base/clock.hpp"
#include "base/task.hpp"
#include "net/http/server.hpp"

#include <memory>

namespace outpost::manage {
class Catalog;
class Destinations;
class FilterTests;
class Inspect;
class Metrics;
class Tenants;
}  // namespace outpost::manage
namespace outpost::pipeline {
class Health;
class RecoverDesk;
}  // namespace outpost::pipeline
namespace outpost::api {

/// What the API works with. All of the same shard as the Api; they outlive it.
struct ApiServices {
    ports::TenantStore& tenant_store;  ///< only to let callers in
    manage::Tenants& tenants;
    manage::Destinations& destinations;
    manage::Inspect& inspect;
    manage::Metrics& metrics;
    manage::FilterTests& filters;
    pipeline::Health& health;
    pipeline::RecoverDesk& recover;
    const manage::Catalog& catalog;
    PublishCalls publish;  ///< publish_through(…)
    RetryCall retry;       ///< retry_through(…)
    CancelCall cancel;     ///< cancel_through(…)
    TestCall test;         ///< test_through(…)
    const Readiness& readiness;
    const Clock& clock;
    RateLimiter* rate_limiter = nullptr;  ///< of all shards; null: no limit (API_RATE_LIMIT_PER_MINUTE)
};

/// A route as it is served: for checks against documents.
struct RouteDescription {
    std::string method;
    std::string path;  ///< with {parameters}
    Access access = Access::any;
};

/// One a shard; used on that shard only, several requests at once. Outlives them.
class Api {
public:
    Api(ApiSettings settings, ApiServices services);
    ~Api();
    Api(const Api&) = delete;
    Api& operator=(const Api&) = delete;

    /// Errors are responses. Writes one debug line, and a louder one for what failed on our side, both with the
    /// request's id, without query and headers, for both may hold tokens.
    Task<http::ServerResponse> handle(http::ServerRequest request);

    std::vector<RouteDescription> routes() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace outpost::api
