#include "api/api.hpp"

#include "api/envelope/envelope.hpp"
#include "api/route_table.hpp"
#include "api/router/percent.hpp"
#include "base/log.hpp"

namespace outpost::api {
namespace {

constexpr std::string_view kUnmatchedRoute = "-";

http::ServerResponse barred_response(BarredCaller barred, Era era) {
    switch (barred.why) {
        case Barred::unknown: return error_response(401, "unauthorized");
        // The old paths knew a token only for what it may do (api.md §16.3, §19 case 167).
        case Barred::forbidden:
            return era == Era::seed ? error_response(401, "unauthorized") : error_response(403, "forbidden");
        // A seed-era path could be a mistyped one of today just as well (api.md §19 case 18).
        case Barred::tenant_not_found: return error_response(404, era == Era::seed ? "not found" : "tenant not found");
        case Barred::store_failed: break;
    }
    http::ServerResponse response = error_response(500, "internal server error");
    response.failure = std::move(barred.failure);
    return response;
}

/// What is left of a request for its line in the log, once a route has it.
struct Trace {
    explicit Trace(const http::ServerRequest& request) : method(request.method), peer(request.peer), id(request.id) {}
    std::string method, peer, id;
    std::string_view route = kUnmatchedRoute;
    bool is_probe = false;  ///< a red /readyz is no failed request
};

void log_request(const Trace& trace, const http::ServerResponse& response, MonotonicTime::duration latency) {
    const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(latency).count();
    const double latency_ms = static_cast<double>(microseconds) / 1000;
    log::debug("api.request", {{"request_id", trace.id},
                               {"method", trace.method},
                               {"path", trace.route},
                               {"status", response.status},
                               {"latency_ms", latency_ms},
                               {"client_ip", trace.peer}});
    const bool failed = response.status >= 500 || !response.failure.empty();
    if (!failed || trace.is_probe) return;
    log::write(response.status == 500 ? log::Level::error : log::Level::warn, "api.request_failed",
               {{"request_id", trace.id},
                {"method", trace.method},
                {"path", trace.route},
                {"status", response.status},
                {"latency_ms", latency_ms},
                {"client_ip", trace.peer},
                {"error", response.failure}});
}

std::optional<std::string> field_of(const http::ServerRequest& request, std::string_view name) {
    const auto value = request.headers.find(name);
    return value ? std::optional<std::string>(*value) : std::nullopt;
}

http::ServerResponse redirect_response(const http::ServerRequest& request) {
    http::ServerResponse response;
    response.status = request.method == "GET" ? 301 : 307;
    response.headers.add("Location", without_trailing_slash(request.path, request.query,
                                                            request.headers.find("X-Forwarded-Prefix").value_or("")));
    return response;
}

/// The probes of health come first.
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
                  .document = openapi::DocumentRoutes(),
                  .catalog = CatalogRoutes(with.catalog, settings_.topics.configured),
                  .tenants = TenantRoutes(with.tenants),
                  .tokens = TokenRoutes({settings_.jwt_secret, settings_.deployment_id}, clock_),
                  .destinations = DestinationRoutes(with.destinations, with.catalog, clock_),
                  .publish = PublishRoutes(with.publish, settings_.topics.configured),
                  .retry = RetryRoutes(with.retry),
                  .cancel = CancelRoutes(with.cancel),
                  .tasks = TaskRoutes(with.recover, clock_),
                  .test_delivery = TestDeliveryRoutes(with.test),
                  .destination_health = DestinationHealthRoutes(with.health),
                  .filters = FilterRoutes(with.filters, clock_),
                  .events = EventRoutes(with.inspect),
                  .attempts = AttemptRoutes(with.inspect, with.catalog, clock_),
                  .metrics = MetricRoutes(with.metrics),
                  .seed_events = seed_era::EventRoutes(with.inspect, clock_)},
          routes_(all_routes(settings_, groups_)),
          probes_(health_routes(groups_).size()),
          router_(patterns_of(routes_)),
          rate_limiter_(with.rate_limiter) {}

    Task<http::ServerResponse> handle(http::ServerRequest request) {
        const MonotonicTime started = clock_.monotonic();
        Trace trace(request);
        const std::optional<std::string> origin = settings_.cors.enabled() ? field_of(request, "Origin") : std::nullopt;
        http::ServerResponse response;
        const auto path = decode_path(request.path);
        const RouteMatch match = path ? router_.match(request.method, *path) : RouteMatch(Unmatched{});
        if (const auto* matched = std::get_if<Matched>(&match)) {
            trace.route = routes_[matched->route].path;
            trace.is_probe = matched->route < probes_;
            response = co_await answer(matched->route, matched->parameters, std::move(request));
        } else if (std::holds_alternative<TrailingSlash>(match)) {
            response = redirect_response(request);
        } else {
            response = path ? unmatched_response(request, *path) : error_response(400, "invalid path");
        }
        settings_.cors.mark(origin, response.headers);
        log_request(trace, response, clock_.monotonic() - started);
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
        auto caller = co_await authenticator_.admit(route.access, field_of(request, "Authorization"),
                                                    std::move(path_tenant), call.deadline);
        const std::optional<RateVerdict> rate = take_from_allowance(route, caller);
        http::ServerResponse response;
        if (rate && !rate->allowed) {
            response = rate_limited_response(*rate);
        } else if (!caller) {
            response = barred_response(std::move(caller.error()), route.era);
        } else if (auto query = Query::parse(request.query); !query) {
            response = error_response(400, query.error().text());
        } else {
            call.request = std::move(request);
            call.parameters = std::move(parameters);
            call.query = std::move(*query);
            call.caller = std::move(*caller);
            response = co_await route.endpoint(std::move(call));
        }
        if (rate) add_rate_fields(response.headers, *rate, clock_.now());
        co_return response;
    }

    /// @return none: nothing is counted, because there is no limit, or nobody in particular asks
    std::optional<RateVerdict> take_from_allowance(const Route& route,
                                                   const std::expected<Caller, BarredCaller>& caller) const {
        if (rate_limiter_ == nullptr || route.access.access == Access::open) return std::nullopt;
        // An administrator who asks for a tenant that is not there is one all the same.
        if (!caller && caller.error().why != Barred::tenant_not_found) return std::nullopt;
        return rate_limiter_->take(caller ? std::string_view(caller->tenant.value) : "", clock_.monotonic());
    }

    http::ServerResponse unmatched_response(const http::ServerRequest& request, std::string_view path) const {
        if (settings_.cors.enabled()) {
            if (auto preflight = settings_.cors.preflight(request, router_.methods_at(path)))
                return std::move(*preflight);
        }
        if (settings_.health_only || path.starts_with("/api")) return error_response(404, "not found");
        return groups_.portal.page();
    }

    ApiSettings settings_;
    const Clock& clock_;
    Authenticator authenticator_;
    RouteGroups groups_;
    std::vector<Route> routes_;  // endpoints point into groups_; the probes of health first
    std::size_t probes_;
    Router router_;
    RateLimiter* rate_limiter_;
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
