// Every route of the program, in one table (api.md §6, §16).
#pragma once

#include "api/openapi/openapi.hpp"
#include "api/routes/attempts.hpp"
#include "api/routes/cancel.hpp"
#include "api/routes/catalog.hpp"
#include "api/routes/destination_health.hpp"
#include "api/routes/destinations.hpp"
#include "api/routes/events.hpp"
#include "api/routes/filters.hpp"
#include "api/routes/metrics.hpp"
#include "api/routes/probes.hpp"
#include "api/routes/publish.hpp"
#include "api/routes/retry.hpp"
#include "api/routes/seed_era/events.hpp"
#include "api/routes/tasks.hpp"
#include "api/routes/tenants.hpp"
#include "api/routes/test_delivery.hpp"
#include "api/routes/tokens.hpp"

namespace outpost::api {

/// Where a route comes from.
enum class Era {
    current,
    seed,  ///< paths of v0.1–v0.12 (decision A10); an unknown tenant there is just "not found"
};

struct Route {
    std::string_view method;
    std::string path;
    RouteAccess access;
    Endpoint endpoint;
    Era era = Era::current;
};

/// The objects behind the endpoints.
struct RouteGroups {
    ProbeRoutes probes;
    PortalRoutes portal;
    openapi::DocumentRoutes document;
    CatalogRoutes catalog;
    TenantRoutes tenants;
    TokenRoutes tokens;
    DestinationRoutes destinations;
    PublishRoutes publish;
    RetryRoutes retry;
    CancelRoutes cancel;
    TaskRoutes tasks;
    TestDeliveryRoutes test_delivery;
    DestinationHealthRoutes destination_health;
    FilterRoutes filters;
    EventRoutes events;
    AttemptRoutes attempts;
    MetricRoutes metrics;
    seed_era::EventRoutes seed_events;
};

std::vector<Route> health_routes(RouteGroups& to);
std::vector<Route> current_routes(RouteGroups& to);
/// Must come after the current ones, which win (api.md §16.5).
std::vector<Route> seed_era_routes(RouteGroups& to);

/// First segments that are never a tenant on seed-era paths (api.md §16.5).
std::span<const std::string_view> reserved_words();

}  // namespace outpost::api
