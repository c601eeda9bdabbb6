// The portal's place: its settings as a script, and for now one page that says it comes later (api.md §14, portal.md).
#pragma once

#include "model/topics.hpp"
#include "net/http/server.hpp"

#include <string>

namespace outpost::api {

/// What the operator configured for the portal (PORTAL_*). Nothing here is secret: anyone may read it.
struct PortalSettings {
    std::string proxy_url;
    std::string referer_url;
    std::string refresh_url;
    std::string favicon_url;
    std::string brand_color;
    std::string logo;
    std::string logo_dark;
    std::string organization_name;
    std::string force_theme;
    bool disable_outpost_branding = false;
    bool disable_telemetry = true;  ///< we have none (decision D7)
    bool enable_destination_filter = false;
    bool enable_webhook_custom_headers = false;
};

/// `window.PORTAL_CONFIGS = {…};`, strings only, never cached.
http::ServerResponse portal_config_response(const PortalSettings& settings, const model::TopicRules& topics);

/// A self-contained page for every path that nothing else serves. Its script takes the token out of the address.
http::ServerResponse portal_page_response(const PortalSettings& settings);

}  // namespace outpost::api
