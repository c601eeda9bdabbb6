// Health and the portal's script: what needs no caller (api.md §1.2, §14).
#pragma once

#include "api/health/readiness.hpp"
#include "api/portal/portal.hpp"
#include "api/routes/call.hpp"
#include "base/clock.hpp"

namespace outpost::api {

class ProbeRoutes {
public:
    ProbeRoutes(const Readiness& readiness, const Clock& clock) : readiness_(readiness), clock_(clock) {}

    Task<http::ServerResponse> healthz(Call call);
    Task<http::ServerResponse> livez(Call call);
    Task<http::ServerResponse> readyz(Call call);

private:
    const Readiness& readiness_;
    const Clock& clock_;
};

class PortalRoutes {
public:
    PortalRoutes(PortalSettings settings, model::TopicRules topics)
        : settings_(std::move(settings)), topics_(std::move(topics)) {}

    Task<http::ServerResponse> config(Call call);
    /// For every path that is nobody else's.
    http::ServerResponse page() const { return portal_page_response(settings_); }

private:
    PortalSettings settings_;
    model::TopicRules topics_;
};

}  // namespace outpost::api
