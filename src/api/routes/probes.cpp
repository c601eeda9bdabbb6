#include "api/routes/probes.hpp"

#include "api/health/health.hpp"

namespace outpost::api {

Task<http::ServerResponse> ProbeRoutes::healthz(Call) {
    co_return healthz_response(readiness_, clock_.now());
}

Task<http::ServerResponse> ProbeRoutes::livez(Call) {
    co_return livez_response();
}

Task<http::ServerResponse> ProbeRoutes::readyz(Call) {
    co_return readyz_response(readiness_);
}

Task<http::ServerResponse> PortalRoutes::config(Call) {
    co_return portal_config_response(settings_, topics_);
}

}  // namespace outpost::api
