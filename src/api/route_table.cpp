#include "api/route_table.hpp"

#include "api/envelope/envelope.hpp"

namespace outpost::api {
namespace {

constexpr RouteAccess kOpen{Access::open, false};
constexpr RouteAccess kKey{Access::key, false};
constexpr RouteAccess kKeyTenant{Access::key, true};
constexpr RouteAccess kAny{Access::any, false};
constexpr RouteAccess kAnyTenant{Access::any, true};

Task<http::ServerResponse> not_found() {
    co_return error_response(404, "not found");
}

/// An endpoint of a tenant's path, for the tenant of the caller's token. The API key meets no route here (api.md §16.5,
/// rule 3).
Endpoint for_own_tenant(Endpoint endpoint) {
    return [endpoint = std::move(endpoint)](Call call) {
        const auto tenant = call.caller.scope();
        if (!tenant) return not_found();
        call.parameters.add("tenant_id", tenant->value);
        return endpoint(std::move(call));
    };
}

constexpr std::string_view kReserved[] = {
    "tenants",  "topics",  "destination-types", "publish",         "retry", "events",
    "attempts", "metrics", "healthz",           "destinations",    "token", "portal",
    "dev",      "config",  "filters",           "operator-events", "tasks"};

}  // namespace

std::span<const std::string_view> reserved_words() {
    return kReserved;
}

std::vector<Route> health_routes(RouteGroups& to) {
    return {
        {"GET", "/healthz", kOpen, endpoint(to.probes, &ProbeRoutes::healthz)},
        {"GET", "/api/v1/healthz", kOpen, endpoint(to.probes, &ProbeRoutes::healthz)},
        {"GET", "/livez", kOpen, endpoint(to.probes, &ProbeRoutes::livez)},
        {"GET", "/readyz", kOpen, endpoint(to.probes, &ProbeRoutes::readyz)},
    };
}

std::vector<Route> current_routes(RouteGroups& to) {
    using Dest = DestinationRoutes;
    constexpr const char* kTenant = "/api/v1/tenants/{tenant_id}";
    constexpr const char* kDestinations = "/api/v1/tenants/{tenant_id}/destinations";
    constexpr const char* kDestination = "/api/v1/tenants/{tenant_id}/destinations/{destination_id}";
    constexpr const char* kEnable = "/api/v1/tenants/{tenant_id}/destinations/{destination_id}/enable";
    constexpr const char* kDisable = "/api/v1/tenants/{tenant_id}/destinations/{destination_id}/disable";
    constexpr const char* kAttempts = "/api/v1/tenants/{tenant_id}/destinations/{destination_id}/attempts";
    constexpr const char* kAttempt = "/api/v1/tenants/{tenant_id}/destinations/{destination_id}/attempts/{attempt_id}";
    constexpr const char* kHealthOfAll = "/api/v1/tenants/{tenant_id}/destinations/health";
    constexpr const char* kHealth = "/api/v1/tenants/{tenant_id}/destinations/{destination_id}/health";
    constexpr const char* kTest = "/api/v1/tenants/{tenant_id}/destinations/{destination_id}/test";
    constexpr const char* kCancel =
        "/api/v1/tenants/{tenant_id}/destinations/{destination_id}/events/{event_id}/cancel";
    constexpr const char* kRecover = "/api/v1/tenants/{tenant_id}/destinations/{destination_id}/recover";
    return {
        {"POST", "/api/v1/publish", kKey, endpoint(to.publish, &PublishRoutes::publish)},
        {"POST", "/api/v1/publish/batch", kKey, endpoint(to.publish, &PublishRoutes::publish_batch)},
        {"POST", "/api/v1/retry", kAny, endpoint(to.retry, &RetryRoutes::retry)},
        {"GET", "/api/v1/openapi.json", kOpen, endpoint(to.document, &openapi::DocumentRoutes::get)},
        {"GET", "/inject-portal-config.js", kOpen, endpoint(to.portal, &PortalRoutes::config)},
        {"GET", "/api/v1/destination-types", kAny, endpoint(to.catalog, &CatalogRoutes::types)},
        {"GET", "/api/v1/destination-types/{type}", kAny, endpoint(to.catalog, &CatalogRoutes::type)},
        {"GET", "/api/v1/topics", kAny, endpoint(to.catalog, &CatalogRoutes::topics)},
        {"GET", "/api/v1/tenants", kAny, endpoint(to.tenants, &TenantRoutes::list)},
        {"PUT", kTenant, kAny, endpoint(to.tenants, &TenantRoutes::put)},
        {"GET", kTenant, kAnyTenant, endpoint(to.tenants, &TenantRoutes::get)},
        {"DELETE", kTenant, kAnyTenant, endpoint(to.tenants, &TenantRoutes::remove)},
        {"GET", "/api/v1/tenants/{tenant_id}/token", kKeyTenant, endpoint(to.tokens, &TokenRoutes::token)},
        {"GET", "/api/v1/tenants/{tenant_id}/portal", kKeyTenant, endpoint(to.tokens, &TokenRoutes::portal)},
        {"GET", kDestinations, kAnyTenant, endpoint(to.destinations, &Dest::list)},
        {"POST", kDestinations, kAnyTenant, endpoint(to.destinations, &Dest::create)},
        // Before the destination of that name: what is added to the reference's paths wins (portal.md §15a).
        {"GET", kHealthOfAll, kAnyTenant, endpoint(to.destination_health, &DestinationHealthRoutes::list)},
        {"GET", kDestination, kAnyTenant, endpoint(to.destinations, &Dest::get)},
        {"PATCH", kDestination, kAnyTenant, endpoint(to.destinations, &Dest::patch)},
        {"DELETE", kDestination, kAnyTenant, endpoint(to.destinations, &Dest::remove)},
        {"PUT", kEnable, kAnyTenant, endpoint(to.destinations, &Dest::enable)},
        {"PUT", kDisable, kAnyTenant, endpoint(to.destinations, &Dest::disable)},
        {"GET", kAttempts, kAnyTenant, endpoint(to.attempts, &AttemptRoutes::list_of_destination)},
        {"GET", kAttempt, kAnyTenant, endpoint(to.attempts, &AttemptRoutes::get_of_destination)},
        {"GET", kHealth, kAnyTenant, endpoint(to.destination_health, &DestinationHealthRoutes::get)},
        {"POST", kTest, kAnyTenant, endpoint(to.test_delivery, &TestDeliveryRoutes::test)},
        {"POST", kCancel, kAnyTenant, endpoint(to.cancel, &CancelRoutes::cancel)},
        {"POST", kRecover, kAnyTenant, endpoint(to.tasks, &TaskRoutes::recover)},
        {"POST", "/api/v1/retry/bulk", kAny, endpoint(to.tasks, &TaskRoutes::bulk_retry)},
        {"GET", "/api/v1/tasks", kAny, endpoint(to.tasks, &TaskRoutes::list)},
        {"GET", "/api/v1/tasks/{task_id}", kAny, endpoint(to.tasks, &TaskRoutes::get)},
        {"POST", "/api/v1/tasks/{task_id}/cancel", kAny, endpoint(to.tasks, &TaskRoutes::cancel)},
        {"POST", "/api/v1/filters/test", kAny, endpoint(to.filters, &FilterRoutes::test)},
        {"GET", "/api/v1/events", kAny, endpoint(to.events, &EventRoutes::list)},
        {"GET", "/api/v1/events/{event_id}", kAny, endpoint(to.events, &EventRoutes::get)},
        {"GET", "/api/v1/attempts", kAny, endpoint(to.attempts, &AttemptRoutes::list)},
        {"GET", "/api/v1/attempts/{attempt_id}", kAny, endpoint(to.attempts, &AttemptRoutes::get)},
        {"GET", "/api/v1/metrics/events", kAny, endpoint(to.metrics, &MetricRoutes::events)},
        {"GET", "/api/v1/metrics/attempts", kAny, endpoint(to.metrics, &MetricRoutes::attempts)},
    };
}

std::vector<Route> seed_era_routes(RouteGroups& to) {
    using Dest = DestinationRoutes;
    using Seed = seed_era::EventRoutes;
    constexpr const char* kOne = "/api/v1/{tenant_id}/destinations/{destination_id}";
    std::vector<Route> routes = {
        {"PUT", "/api/v1/{tenant_id}", kAny, endpoint(to.tenants, &TenantRoutes::put)},
        {"GET", "/api/v1/{tenant_id}", kAnyTenant, endpoint(to.tenants, &TenantRoutes::get)},
        {"DELETE", "/api/v1/{tenant_id}", kAnyTenant, endpoint(to.tenants, &TenantRoutes::remove)},
        {"GET", "/api/v1/{tenant_id}/token", kKeyTenant, endpoint(to.tokens, &TokenRoutes::token)},
        {"GET", "/api/v1/{tenant_id}/portal", kKeyTenant, endpoint(to.tokens, &TokenRoutes::portal)},
        {"GET", "/api/v1/{tenant_id}/destinations", kAnyTenant, endpoint(to.destinations, &Dest::list)},
        {"GET", "/api/v1/destinations", kAny, for_own_tenant(endpoint(to.destinations, &Dest::list))},
        {"POST", "/api/v1/{tenant_id}/destinations", kAnyTenant, endpoint(to.destinations, &Dest::create)},
        {"GET", kOne, kAnyTenant, endpoint(to.destinations, &Dest::get)},
        {"PATCH", kOne, kAnyTenant, endpoint(to.destinations, &Dest::patch)},
        {"DELETE", kOne, kAnyTenant, endpoint(to.destinations, &Dest::remove_and_show)},
        {"PUT", "/api/v1/{tenant_id}/destinations/{destination_id}/enable", kAnyTenant,
         endpoint(to.destinations, &Dest::enable)},
        {"PUT", "/api/v1/{tenant_id}/destinations/{destination_id}/disable", kAnyTenant,
         endpoint(to.destinations, &Dest::disable)},
    };
    // These tails were served below both generations of tenant paths.
    for (const std::string_view tenant : {"/api/v1/{tenant_id}", "/api/v1/tenants/{tenant_id}"}) {
        const auto add = [&](std::string_view method, std::string_view tail, RouteAccess access, Endpoint endpoint) {
            routes.push_back({method, std::string(tenant) + std::string(tail), access, std::move(endpoint)});
        };
        add("GET", "/topics", kAny, endpoint(to.catalog, &CatalogRoutes::topics));
        add("GET", "/destination-types", kAny, endpoint(to.catalog, &CatalogRoutes::types));
        add("GET", "/destination-types/{type}", kAny, endpoint(to.catalog, &CatalogRoutes::type));
        add("GET", "/events", kAnyTenant, endpoint(to.seed_events, &Seed::list));
        add("GET", "/events/{event_id}", kAnyTenant, endpoint(to.seed_events, &Seed::get));
        add("GET", "/events/{event_id}/deliveries", kAnyTenant, endpoint(to.seed_events, &Seed::deliveries));
        add("GET", "/destinations/{destination_id}/events", kAnyTenant, endpoint(to.seed_events, &Seed::list));
        add("GET", "/destinations/{destination_id}/events/{event_id}", kAnyTenant,
            endpoint(to.seed_events, &Seed::get));
        add("POST", "/destinations/{destination_id}/events/{event_id}/retry", kAnyTenant,
            endpoint(to.retry, &RetryRoutes::retry_by_path));
    }
    for (Route& route : routes) route.era = Era::seed;
    return routes;
}

}  // namespace outpost::api
