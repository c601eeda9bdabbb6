// What the API is told by configuration.
#pragma once

#include "api/cors/cors.hpp"
#include "api/portal/portal.hpp"
#include "base/time.hpp"
#include "model/topics.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace outpost::api {

struct ApiSettings {
    std::string api_key;        ///< API_KEY
    bool open_access = false;   ///< API_ALLOW_OPEN: every caller is an administrator (decision A15)
    std::string jwt_secret;     ///< API_JWT_SECRET; empty: no tenant tokens (decision A14)
    std::string deployment_id;  ///< DEPLOYMENT_ID
    model::TopicRules topics;   ///< TOPICS, TOPICS_ALLOW_WILDCARDS
    bool legacy_routes = true;  ///< API_LEGACY_ROUTES (decision A10)
    bool health_only = false;   ///< SERVICE=delivery or log: everything but health is 404 (api.md §1)
    std::size_t publish_body_bytes_max = 4 * 1024 * 1024;  ///< PUBLISH_MAX_BODY_BYTES (decision A3)
    MonotonicTime::duration request_timeout = 30s;         ///< for the work behind one request
    Cors cors;                                             ///< API_CORS_ORIGINS
    PortalSettings portal;
};

/// For http::ServerSettings::body_limit: publishing may send more than the server's default.
std::optional<std::size_t> body_limit(const ApiSettings& settings, std::string_view method, std::string_view path);

}  // namespace outpost::api
