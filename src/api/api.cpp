#include "api/api.hpp"

#include "api/envelope/envelope.hpp"
#include "api/route_table.hpp"
#include "api/router/percent.hpp"
#include "base/log.hpp"

namespace outpost::api {
namespace {

constexpr std::string_view kUnmatchedRoute = "-";

http::ServerResponse barred_response(Barred barred, Era era) {
    switch (barred) {
        case Barred::unknown: return error_response(401, "unauthorized");
        case Barred::forbidden: return error_response(403, "forbidden");
        // A seed-era path could be a mistyped one of today just as well (api.md §19 case 18).
        case Barred::tenant_not_found: return error_response(404, era == Era::seed ? "not found" : "tenant not found");
        case Barred::store_failed: break;
    }
    return error_response(500, "internal server error");
}

http::ServerResponse redirect_response(const http::ServerRequest& request) {
    http::ServerResponse response;
    response.status = request.method == "GET" ? 301 : 307;
    response.headers.add("Location", without_trailing_slash(request.path, request.query,
                                                            request.headers.find("X-Forwarded-Prefix").value_or("")));
    return response;
}

std::vector<Route> all_routes(const ApiSettings& settings, RouteGroups& groups) {
    std::vector<Route> routes = health_routes(groups);
    if (settings.health_only) return routes;
    std::ranges::move(current_routes(groups), std::back_inserter(routes));
    if (settings.legacy_routes) std::ranges::move(seed_era_routes(groups), std::back_inserter(routes));
    return routes;
}

std::vector<RoutePattern> patterns_of(const std::vector<Route>& routes) {
    std::vector<RoutePattern> patterns;
    for (const Route& route : routes) {
        RoutePattern pattern{route.method, route.path, {}};
        if (route.path.starts_with("/api/v1/{")) pattern.reserved = reserved_words();
        patterns.push_back(std::move(pattern));
    }
    return patterns;
}

}  // namespace

std::optional<std::size_t> body_limit(const ApiSettings& settings, std::string_view method, std::string_view path) {
    if (method == "POST" && path.starts_with("/api/v1/publish")) return settings.publish_body_bytes_max;
    return std::nullopt;
}

class Api::Impl {
public:
    Impl(ApiSettings settings, const ApiServices& with)
        : settings_(std::move(settings)),
          clock_(with.clock),
          authenticator_({settings_.api_key, settings_.open_access, settings_.jwt_secret}, with.tenant_store, clock_),
          groups_{.probes = ProbeRoutes(with.readiness, clock_),
                  .portal = PortalRoutes(settings_.portal, settings_.topics),
                  .catalog = CatalogRoutes(with.catalog, settings_.topics.configured),
                  .tenants = TenantRoutes(with.tenants),
                  .tokens = TokenRoutes({settings_.jwt_secret, settings_.deployment_id}, clock_),
                  .destinations = DestinationRoutes(with.destinations, with.catalog, clock_),
                  .publish = PublishRoutes(with.publish, settings_.topics.configured),
                  .retry = RetryRoutes(with.retry),
                  .events = EventRoutes(with.inspect),
                  .attempts = AttemptRoutes(with.inspect, with.catalog, clock_),
                  .metrics = MetricRoutes(with.metrics),
                  .seed_events = seed_era::EventRoutes(with.inspect, clock_)},
          routes_(all_routes(settings_, groups_)),
          router_(patterns_of(routes_)) {}

    Task<http::ServerResponse> handle(http::ServerRequest request) {
        const MonotonicTime started = clock_.monotonic();
        const std::string method = request.method;
        const std::string peer = request.peer;
        std::string_view route = kUnmatchedRoute;
        http::ServerResponse response;
        const auto path = decode_path(request.path);
        const RouteMatch match = path ? router_.match(request.method, *path) : RouteMatch(Unmatched{});
        if (const auto* matched = std::get_if<Matched>(&match)) {
            route = routes_[matched->route].path;
            response = co_await answer(matched->route, matched->parameters, std::move(request));
        } else if (std::holds_alternative<TrailingSlash>(match)) {
            response = redirect_response(request);
        } else {
            response = path ? unmatched_response(*path) : error_response(400, "invalid path");
        }
        const auto latency = std::chrono::duration_cast<std::chrono::microseconds>(clock_.monotonic() - started);
        log::debug("api.request", {{"method", method},
                                   {"path", route},
                                   {"status", response.status},
                                   {"latency_ms", static_cast<double>(latency.count()) / 1000},
                                   {"client_ip", peer}});
        co_return response;
    }

    std::vector<RouteDescription> routes() const {
        std::vector<RouteDescription> described;
        for (const Route& route : routes_) {
            described.push_back({std::string(route.method), route.path, route.access.access});
        }
        return described;
    }

private:
    Task<http::ServerResponse> answer(std::size_t index, PathParameters parameters, http::ServerRequest request) {
        const Route& route = routes_[index];
        Call call;
        call.deadline = Deadline::after(clock_, settings_.request_timeout);
        std::optional<TenantId> path_tenant;
        if (parameters.has("tenant_id")) path_tenant = TenantId(parameters.get("tenant_id"));
        std::optional<std::string> authorization;
        if (const auto header = request.headers.find("Authorization")) authorization = *header;
        auto caller = co_await authenticator_.admit(route.access, std::move(authorization), std::move(path_tenant),
                                                    call.deadline);
        if (!caller) co_return barred_response(caller.error(), route.era);
        auto query = Query::parse(request.query);
        if (!query) co_return error_response(400, query.error().text());
        call.request = std::move(request);
        call.parameters = std::move(parameters);
        call.query = std::move(*query);
        call.caller = std::move(*caller);
        co_return co_await route.endpoint(std::move(call));
    }

    http::ServerResponse unmatched_response(std::string_view path) const {
        if (settings_.health_only || path.starts_with("/api")) return error_response(404, "not found");
        return groups_.portal.page();
    }

    ApiSettings settings_;
    const Clock& clock_;
    Authenticator authenticator_;
    RouteGroups groups_;
    std::vector<Route> routes_;  // endpoints point into groups_
    Router router_;
};

Api::Api(ApiSettings settings, ApiServices services) : impl_(std::make_unique<Impl>(std::move(settings), services)) {}
Api::~Api() = default;

std::vector<RouteDescription> Api::routes() const {
    return impl_->routes();
}

Task<http::ServerResponse> Api::handle(http::ServerRequest request) {
    return impl_->handle(std::move(request));
}

}  // namespace outpost::api
