// The HTTP API: one request in, one response out (api.md). Statuses, texts and paths live here and below; what they are
// about lives in src/manage and src/pipeline.
#pragma once

#include "api/api_settings.hpp"
#include "api/auth/authenticator.hpp"
#include "api/health/readiness.hpp"
#include "api/routes/pipeline_calls.hpp"
#include "base/clock.hpp"
#include "base/task.hpp"
#include "net/http/server.hpp"

#include <memory>

namespace outpost::manage {
class Catalog;
class Destinations;
class Inspect;
class Metrics;
class Tenants;
}  // namespace outpost::manage
namespace outpost::api {

/// What the API works with. All of the same shard as the Api; they outlive it.
struct ApiServices {
    ports::TenantStore& tenant_store;  ///< only to let callers in
    manage::Tenants& tenants;
    manage::Destinations& destinations;
    manage::Inspect& inspect;
    manage::Metrics& metrics;
    const manage::Catalog& catalog;
    PublishCalls publish;  ///< publish_through(…)
    RetryCall retry;       ///< retry_through(…)
    const Readiness& readiness;
    const Clock& clock;
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

    /// Never fails: errors are responses. Writes one debug line, without query and headers, for both may hold tokens.
    Task<http::ServerResponse> handle(http::ServerRequest request);

    std::vector<RouteDescription> routes() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace outpost::api
