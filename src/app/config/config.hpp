// The configuration, typed and checked (contract/config.md, decisions D1, D8–D10). Every default of it stands here.
#pragma once

#include "base/id_generator.hpp"
#include "base/log.hpp"
#include "destinations/webhook/config.hpp"
#include "ports/destination_context.hpp"
#include "model/attempt.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace outpost::app {

struct PortalConfig {
    std::string proxy_url, referer_url, refresh_url, favicon_url, brand_color, logo, logo_dark, organization_name,
        force_theme;
    bool disable_outpost_branding = false;
    bool enable_destination_filter = false;
    bool enable_webhook_custom_headers = false;
};

/// A number, or none: the empty text turns off what it counts for (config.md §1.5, §3.9).
struct CountOrOff {
    std::optional<std::int64_t> value;
};

struct AlertConfig {
    CountOrOff failure_count{100};              ///< ALERT_CONSECUTIVE_FAILURE_COUNT
    bool auto_disable = false;                  ///< ALERT_AUTO_DISABLE_DESTINATION; nothing without a count
    CountOrOff exhausted_window_seconds{3600};  ///< ALERT_EXHAUSTED_RETRIES_WINDOW_SECONDS; 0: every one is told
};

struct OperatorEventsConfig {
    std::vector<std::string> topics;  ///< OPERATOR_EVENTS_TOPICS; "*" = all; empty = none
    std::string http_url;             ///< OPERATOR_EVENTS_HTTP_URL: the sink
    std::string http_signing_secret;  ///< OPERATOR_EVENTS_HTTP_SIGNING_SECRET
};

/// What the program runs with. Secrets are in clear here: never log it.
struct Config {
    // General and API (config.md §3.1)
    std::string mode;                           ///< OUTPOST_MODE: "" or "embedded" (D1)
    std::string service;                        ///< SERVICE: "", "all", "api", "delivery", "log"; embedded: all in one
    log::Level log_level = log::Level::info;    ///< LOG_LEVEL
    std::string api_host = "0.0.0.0";           ///< API_HOST: where to listen
    std::uint16_t api_port = 3333;              ///< API_PORT
    std::string api_key;                        ///< API_KEY; empty: generated into the data directory (A15)
    std::string api_jwt_secret;                 ///< API_JWT_SECRET; empty: generated (A14)
    bool api_allow_open = false;                ///< API_ALLOW_OPEN (A15)
    bool api_legacy_routes = true;              ///< API_LEGACY_ROUTES (A10)
    std::vector<std::string> api_cors_origins;  ///< API_CORS_ORIGINS; empty = none (portal.md §14)
    std::uint32_t api_rate_limit_per_minute = 0;    ///< API_RATE_LIMIT_PER_MINUTE, of each caller; 0 = no limit
    std::size_t api_max_connections = 0;            ///< API_MAX_CONNECTIONS; 0 = from the descriptor limit
    std::string gin_mode = "release";               ///< GIN_MODE: "debug" lowers LOG_LEVEL from info to debug
    std::size_t publish_max_body_bytes = 4u << 20;  ///< PUBLISH_MAX_BODY_BYTES (A3)
    std::string deployment_id;                      ///< DEPLOYMENT_ID
    std::string aes_encryption_secret;              ///< AES_ENCRYPTION_SECRET; empty: generated (D3)
    std::string aes_encryption_secret_previous;     ///< AES_ENCRYPTION_SECRET_PREVIOUS: still opens what it sealed
    std::vector<std::string> topics;                ///< TOPICS; empty = any
    bool topics_allow_wildcards = false;            ///< TOPICS_ALLOW_WILDCARDS
    std::size_t max_destinations_per_tenant = 20;   ///< MAX_DESTINATIONS_PER_TENANT, 1..65536

    // Embedded engine (D1)
    std::filesystem::path data_dir = "./data";  ///< DATA_DIR
    std::uint32_t log_retention_days = 30;      ///< LOG_RETENTION_DAYS; 0 = for ever (D14)
    std::uint64_t log_retention_bytes = 0;      ///< LOG_RETENTION_BYTES; 0 = no limit

    // Delivery and retries (config.md §3.6)
    std::size_t delivery_max_concurrency = 0;                     ///< DELIVERY_MAX_CONCURRENCY; 0 = automatic (B13)
    std::size_t delivery_max_concurrency_per_destination = 256;   ///< DELIVERY_MAX_CONCURRENCY_PER_DESTINATION
    std::chrono::seconds delivery_timeout{5};                     ///< DELIVERY_TIMEOUT_SECONDS
    std::vector<std::chrono::seconds> retry_schedule;             ///< RETRY_SCHEDULE
    std::chrono::seconds retry_interval{30};                      ///< RETRY_INTERVAL_SECONDS
    std::uint32_t retry_limit = 10;                               ///< MAX_RETRY_LIMIT
    bool retry_jitter = true;                                     ///< RETRY_JITTER (B6)
    std::chrono::seconds publish_idempotency_window{3600};        ///< PUBLISH_IDEMPOTENCY_KEY_TTL
    model::TraceWish record_requests = model::TraceWish::failed;  ///< DELIVERY_RECORD_REQUESTS (portal.md §15a N7)
    std::chrono::seconds shutdown_timeout{30};                    ///< SHUTDOWN_TIMEOUT_SECONDS (D13)

    // Ids (config.md §3.11, B25)
    IdType id_type = IdType::uuidv7;
    std::string event_id_prefix, destination_id_prefix, attempt_id_prefix;

    // Destinations (config.md §3.7, B20)
    std::string destinations_metadata_path = "config/outpost/destinations";  ///< DESTINATIONS_METADATA_PATH
    webhook::RawSettings webhook;
    /// Of the other types. What they share with webhooks (user agent, milliseconds) is copied from there at the start.
    ports::DestinationSettings destinations;
    std::string egress_mode = "block-metadata";  ///< DESTINATIONS_EGRESS_MODE
    std::vector<std::string> egress_allow;       ///< DESTINATIONS_EGRESS_ALLOW
    std::vector<std::string> egress_deny;        ///< DESTINATIONS_EGRESS_DENY

    bool disable_on_gone = false;  ///< DESTINATIONS_DISABLE_ON_GONE (B5)

    PortalConfig portal;
    AlertConfig alert;                     // config.md §3.9
    OperatorEventsConfig operator_events;  // config.md §3.10

    bool config_strict = false;  ///< CONFIG_STRICT: unknown names stop the start instead of being warned about (D8)
    /// The file that was read; empty = defaults and environment only.
    std::string config_file_path;
    /// Lines for the start log: deprecated, unknown and near-miss names (D8).
    std::vector<std::string> warnings;
};

}  // namespace outpost::app
