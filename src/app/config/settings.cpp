// The table of settings. A new one is a field of Config and one line here.
#include "app/config/assign.hpp"
#include "app/config/setting.hpp"

namespace outpost::app {
namespace {

using Names = Setting::Names;

/// The field that a chain of members leads to: <&Config::webhook, &webhook::RawSettings::mode>.
template <auto... Members>
auto& field(auto& config) {
    return (config.*....*Members);
}

template <auto... Members>
Setting at(const Names& names, const NumberRule& number = {}) {
    return {.names = names,
            .number = number,
            .assign = [](Config& config, const RawValue& value,
                         const NumberRule& rule) { return assign(field<Members...>(config), value, rule); },
            .show = [](const Config& config) { return show(field<Members...>(config)); }};
}

Setting secret(Setting setting) {
    setting.secret = true;
    return setting;
}

Setting empty_counts(Setting setting) {
    setting.empty_counts = true;
    return setting;
}

constexpr std::int64_t kDaySeconds = 86'400;
constexpr std::int64_t kPublishBodyBytesMax = 64 << 20;
constexpr std::int64_t kConcurrencyMax = 1'000'000;
constexpr std::int64_t kRequestsPerMinuteMax = 1'000'000;
constexpr std::int64_t kRetentionDaysMax = 36'500;

// What the reference makes of small numbers (config.md §2, "Not checked at all").
std::int64_t zero_is_the_default_timeout(std::int64_t seconds) {
    return seconds == 0 ? Config{}.delivery_timeout.count() : seconds;
}
std::int64_t none_is_the_default_maximum(std::int64_t destinations) {
    return destinations <= 0 ? static_cast<std::int64_t>(Config{}.max_destinations_per_tenant) : destinations;
}
std::int64_t negative_is_none(std::int64_t number) {
    return std::max<std::int64_t>(number, 0);
}

void add_general(std::vector<Setting>& table) {
    const auto add = [&](const Setting& setting) { table.push_back(setting); };
    add(at<&Config::mode>({"OUTPOST_MODE", "outpost_mode"}));
    add(at<&Config::config_strict>({"CONFIG_STRICT", "config_strict"}));
    add(at<&Config::service>({"SERVICE", "service", "service"}));
    add(at<&Config::log_level>({"LOG_LEVEL", "log_level", "log_level"}));
    add(at<&Config::api_host>({"API_HOST", "api_host", "api_host"}));
    add(at<&Config::api_port>({"API_PORT", "api_port", "api_port"}, {0, 65'535}));
    add(secret(at<&Config::api_key>({"API_KEY", "api_key", "api_key"})));
    add(secret(at<&Config::api_jwt_secret>({"API_JWT_SECRET", "api_jwt_secret", "api_jwt_secret"})));
    add(at<&Config::api_allow_open>({"API_ALLOW_OPEN", "api_allow_open", "api_allow_open"}));
    add(at<&Config::api_legacy_routes>({"API_LEGACY_ROUTES", "api_legacy_routes", "api_legacy_routes"}));
    add(at<&Config::api_cors_origins>({"API_CORS_ORIGINS", "api_cors_origins", "api_cors_origins"}));
    add(at<&Config::api_rate_limit_per_minute>(
        {"API_RATE_LIMIT_PER_MINUTE", "api_rate_limit_per_minute", "api_rate_limit_per_minute"},
        {0, kRequestsPerMinuteMax}));
    add(at<&Config::api_max_connections>({"API_MAX_CONNECTIONS", "api_max_connections", "api_max_connections"},
                                         {0, kConcurrencyMax}));
    add(at<&Config::gin_mode>({"GIN_MODE", "gin_mode", "gin_mode"}));
    add(at<&Config::publish_max_body_bytes>(
        {"PUBLISH_MAX_BODY_BYTES", "publish_max_body_bytes", "publish_max_body_bytes"}, {1, kPublishBodyBytesMax}));
    add(at<&Config::deployment_id>({"DEPLOYMENT_ID", "deployment_id", "deployment_id"}));
    add(secret(at<&Config::aes_encryption_secret>(
        {"AES_ENCRYPTION_SECRET", "aes_encryption_secret", "aes_encryption_secret"})));
    add(secret(at<&Config::aes_encryption_secret_previous>(
        {"AES_ENCRYPTION_SECRET_PREVIOUS", "aes_encryption_secret_previous", "aes_encryption_secret_previous"})));
    add(at<&Config::topics>({"TOPICS", "topics", "topics"}));
    add(at<&Config::topics_allow_wildcards>({"TOPICS_ALLOW_WILDCARDS", "topics_allow_wildcards"}));
    add(at<&Config::webhook, &webhook::RawSettings::user_agent>(
        {"HTTP_USER_AGENT", "http_user_agent", "http_user_agent"}));
    add(at<&Config::max_destinations_per_tenant>(
        {"MAX_DESTINATIONS_PER_TENANT", "max_destinations_per_tenant", "max_destinations_per_tenant"},
        {1, 65'536, &none_is_the_default_maximum}));
    add(at<&Config::data_dir>({"DATA_DIR", "data_dir", "data_dir"}));
    add(at<&Config::log_retention_days>({"LOG_RETENTION_DAYS", "log_retention_days", "log_retention_days"},
                                        {0, kRetentionDaysMax}));
    add(at<&Config::log_retention_bytes>({"LOG_RETENTION_BYTES", "log_retention_bytes", "log_retention_bytes"},
                                         {.min = 0, .max = std::numeric_limits<std::int64_t>::max(), .wide = true}));
}

void add_delivery(std::vector<Setting>& table) {
    const auto add = [&](const Setting& setting) { table.push_back(setting); };
    add(at<&Config::delivery_max_concurrency>(
        {"DELIVERY_MAX_CONCURRENCY", "delivery_max_concurrency", "delivery_max_concurrency"}, {0, kConcurrencyMax}));
    add(at<&Config::delivery_max_concurrency_per_destination>(
        {"DELIVERY_MAX_CONCURRENCY_PER_DESTINATION", "delivery_max_concurrency_per_destination",
         "delivery_max_concurrency_per_destination"},
        {1, kConcurrencyMax}));
    add(at<&Config::delivery_timeout>(
        {"DELIVERY_TIMEOUT_SECONDS", "delivery_timeout_seconds", "delivery_timeout_seconds"},
        {1, kDaySeconds, &zero_is_the_default_timeout}));
    add(at<&Config::record_requests>(
        {"DELIVERY_RECORD_REQUESTS", "delivery_record_requests", "delivery_record_requests"}));
    add(at<&Config::retry_schedule>({"RETRY_SCHEDULE", "retry_schedule", "retry_schedule"}));
    add(at<&Config::retry_interval>({"RETRY_INTERVAL_SECONDS", "retry_interval_seconds", "retry_interval_seconds"}));
    add(at<&Config::retry_limit>({"MAX_RETRY_LIMIT", "retry_max_limit", "retry_max_limit"},
                                 {.meaning = &negative_is_none}));
    add(at<&Config::retry_jitter>({"RETRY_JITTER", "retry_jitter", "retry_jitter"}));
    add(at<&Config::publish_idempotency_window>(
        {"PUBLISH_IDEMPOTENCY_KEY_TTL", "publish_idempotency_key_ttl", "publish_idempotency_key_ttl"}, {.min = 0}));
    add(at<&Config::shutdown_timeout>(
        {"SHUTDOWN_TIMEOUT_SECONDS", "shutdown_timeout_seconds", "shutdown_timeout_seconds"}, {1, kDaySeconds}));
    add(at<&Config::id_type>({"IDGEN_TYPE", "idgen.type", "idgen_type"}));
    add(at<&Config::event_id_prefix>({"IDGEN_EVENT_PREFIX", "idgen.event_prefix", "idgen_event_prefix"}));
    add(at<&Config::destination_id_prefix>({"IDGEN_DESTINATION_PREFIX", "idgen.destination_prefix"}));
    add(at<&Config::attempt_id_prefix>({"IDGEN_ATTEMPT_PREFIX", "idgen.attempt_prefix"}));
}

void add_destinations(std::vector<Setting>& table) {
    const auto add = [&](const Setting& setting) { table.push_back(setting); };
    add(at<&Config::destinations_metadata_path>({"DESTINATIONS_METADATA_PATH", "destinations.metadata_path"}));
    add(at<&Config::webhook, &webhook::RawSettings::include_millisecond_timestamp>(
        {"DESTINATIONS_INCLUDE_MILLISECOND_TIMESTAMP", "destinations.include_millisecond_timestamp"}));
    using Types = ports::DestinationSettings;
    add(at<&Config::destinations, &Types::kinesis_metadata_in_payload>(
        {"DESTINATIONS_AWS_KINESIS_METADATA_IN_PAYLOAD", "destinations.aws_kinesis.metadata_in_payload"}));
    add(at<&Config::destinations, &Types::eventbridge_source>(
        {"DESTINATIONS_EVENTBRIDGE_SOURCE", "destinations.aws_eventbridge.source"}));
    add(at<&Config::destinations, &Types::hookdeck_api_url>(
        {"DESTINATIONS_HOOKDECK_API_URL", "destinations.hookdeck.api_url"}));
    add(at<&Config::destinations, &Types::hookdeck_events_url>(
        {"DESTINATIONS_HOOKDECK_EVENTS_URL", "destinations.hookdeck.events_url"}));
    add(at<&Config::destinations, &Types::hookdeck_verify>(
        {"DESTINATIONS_HOOKDECK_VERIFY", "destinations.hookdeck.verify"}));
    add(at<&Config::webhook, &webhook::RawSettings::redirects>({"DESTINATIONS_REDIRECTS", "destinations.redirects"}));
    add(at<&Config::disable_on_gone>({"DESTINATIONS_DISABLE_ON_GONE", "destinations.disable_on_gone"}));
    add(at<&Config::egress_mode>({"DESTINATIONS_EGRESS_MODE", "destinations.egress_mode", "destinations_egress_mode"}));
    add(at<&Config::egress_allow>(
        {"DESTINATIONS_EGRESS_ALLOW", "destinations.egress_allow", "destinations_egress_allow"}));
    add(at<&Config::egress_deny>({"DESTINATIONS_EGRESS_DENY", "destinations.egress_deny", "destinations_egress_deny"}));
}

/// One of the four system headers: its name, and the deprecated way to leave it out.
template <auto Header>
void add_header(std::vector<Setting>& table, const Names& name, const Names& disable) {
    table.push_back(empty_counts(at<&Config::webhook, Header, &webhook::RawSettings::Header::name>(name)));
    table.push_back(at<&Config::webhook, Header, &webhook::RawSettings::Header::disable_default>(disable));
}

void add_webhook_headers(std::vector<Setting>& table) {
    using Raw = webhook::RawSettings;
    add_header<&Raw::event_id>(table,
                               {"DESTINATIONS_WEBHOOK_EVENT_ID_HEADER_NAME",
                                "destinations.webhook.event_id_header_name", "destinations_webhook_event_id_header"},
                               {"DESTINATIONS_WEBHOOK_DISABLE_DEFAULT_EVENT_ID_HEADER",
                                "destinations.webhook.disable_default_event_id_header"});
    add_header<&Raw::signature>(table,
                                {"DESTINATIONS_WEBHOOK_SIGNATURE_HEADER_NAME",
                                 "destinations.webhook.signature_header_name", "destinations_webhook_signature_header"},
                                {"DESTINATIONS_WEBHOOK_DISABLE_DEFAULT_SIGNATURE_HEADER",
                                 "destinations.webhook.disable_default_signature_header"});
    add_header<&Raw::timestamp>(table,
                                {"DESTINATIONS_WEBHOOK_TIMESTAMP_HEADER_NAME",
                                 "destinations.webhook.timestamp_header_name", "destinations_webhook_timestamp_header"},
                                {"DESTINATIONS_WEBHOOK_DISABLE_DEFAULT_TIMESTAMP_HEADER",
                                 "destinations.webhook.disable_default_timestamp_header"});
    add_header<&Raw::topic>(
        table,
        {"DESTINATIONS_WEBHOOK_TOPIC_HEADER_NAME", "destinations.webhook.topic_header_name",
         "destinations_webhook_topic_header"},
        {"DESTINATIONS_WEBHOOK_DISABLE_DEFAULT_TOPIC_HEADER", "destinations.webhook.disable_default_topic_header"});
}

void add_webhook(std::vector<Setting>& table) {
    using Raw = webhook::RawSettings;
    const auto add = [&](const Setting& setting) { table.push_back(setting); };
    add(at<&Config::webhook, &Raw::mode>(
        {"DESTINATIONS_WEBHOOK_MODE", "destinations.webhook.mode", "destinations_webhook_mode"}));
    add(secret(
        at<&Config::webhook, &Raw::proxy_url>({"DESTINATIONS_WEBHOOK_PROXY_URL", "destinations.webhook.proxy_url"})));
    add(at<&Config::webhook, &Raw::header_prefix>(
        {"DESTINATIONS_WEBHOOK_HEADER_PREFIX", "destinations.webhook.header_prefix"}));
    add_webhook_headers(table);
    add(at<&Config::webhook, &Raw::signature_content_template>(
        {"DESTINATIONS_WEBHOOK_SIGNATURE_CONTENT_TEMPLATE", "destinations.webhook.signature_content_template"}));
    add(at<&Config::webhook, &Raw::signature_header_template>(
        {"DESTINATIONS_WEBHOOK_SIGNATURE_HEADER_TEMPLATE", "destinations.webhook.signature_header_template"}));
    add(at<&Config::webhook, &Raw::signature_encoding>(
        {"DESTINATIONS_WEBHOOK_SIGNATURE_ENCODING", "destinations.webhook.signature_encoding"}));
    add(at<&Config::webhook, &Raw::signature_algorithm>(
        {"DESTINATIONS_WEBHOOK_SIGNATURE_ALGORITHM", "destinations.webhook.signature_algorithm"}));
    add(at<&Config::webhook, &Raw::signing_secret_template>(
        {"DESTINATIONS_WEBHOOK_SIGNING_SECRET_TEMPLATE", "destinations.webhook.signing_secret_template"}));
    add(at<&Config::webhook, &Raw::max_response_body_bytes>(
        {"DESTINATIONS_WEBHOOK_MAX_RESPONSE_BODY_BYTES", "destinations.webhook.max_response_body_bytes"}));
}

void add_portal(std::vector<Setting>& table) {
    using Portal = PortalConfig;
    const auto add = [&](const Setting& setting) { table.push_back(setting); };
    add(at<&Config::portal, &Portal::proxy_url>({"PORTAL_PROXY_URL", "portal.proxy_url"}));
    add(at<&Config::portal, &Portal::referer_url>({"PORTAL_REFERER_URL", "portal.referer_url"}));
    add(at<&Config::portal, &Portal::refresh_url>({"PORTAL_REFRESH_URL", "portal.refresh_url"}));
    add(at<&Config::portal, &Portal::favicon_url>({"PORTAL_FAVICON_URL", "portal.favicon_url"}));
    add(at<&Config::portal, &Portal::brand_color>({"PORTAL_BRAND_COLOR", "portal.brand_color"}));
    add(at<&Config::portal, &Portal::logo>({"PORTAL_LOGO", "portal.logo"}));
    add(at<&Config::portal, &Portal::logo_dark>({"PORTAL_LOGO_DARK", "portal.logo_dark"}));
    add(at<&Config::portal, &Portal::organization_name>({"PORTAL_ORGANIZATION_NAME", "portal.org_name"}));
    add(at<&Config::portal, &Portal::force_theme>({"PORTAL_FORCE_THEME", "portal.force_theme"}));
    add(at<&Config::portal, &Portal::disable_outpost_branding>(
        {"PORTAL_DISABLE_OUTPOST_BRANDING", "portal.disable_outpost_branding"}));
    add(at<&Config::portal, &Portal::enable_destination_filter>(
        {"PORTAL_ENABLE_DESTINATION_FILTER", "portal.enable_destination_filter"}));
    add(at<&Config::portal, &Portal::enable_webhook_custom_headers>(
        {"PORTAL_ENABLE_WEBHOOK_CUSTOM_HEADERS", "portal.enable_webhook_custom_headers"}));
}

void add_alerts(std::vector<Setting>& table) {
    using Alert = AlertConfig;
    using Events = OperatorEventsConfig;
    constexpr std::int64_t kMax = std::numeric_limits<std::int32_t>::max();
    const auto add = [&](const Setting& setting) { table.push_back(setting); };
    add(empty_counts(at<&Config::alert, &Alert::failure_count>(
        {"ALERT_CONSECUTIVE_FAILURE_COUNT", "alert.consecutive_failure_count", "alert_consecutive_failure_count"},
        {1, kMax})));
    add(at<&Config::alert, &Alert::auto_disable>(
        {"ALERT_AUTO_DISABLE_DESTINATION", "alert.auto_disable_destination", "alert_auto_disable_destination"}));
    add(empty_counts(at<&Config::alert, &Alert::exhausted_window_seconds>(
        {"ALERT_EXHAUSTED_RETRIES_WINDOW_SECONDS", "alert.exhausted_retries_window_seconds",
         "alert_exhausted_retries_window_seconds"},
        {0, kMax})));
    add(at<&Config::operator_events, &Events::topics>(
        {"OPERATOR_EVENTS_TOPICS", "operator_events.topics", "operator_events_topics"}));
    add(at<&Config::operator_events, &Events::http_url>({"OPERATOR_EVENTS_HTTP_URL", "operator_events.http.url"}));
    add(secret(at<&Config::operator_events, &Events::http_signing_secret>({"OPERATOR_EVENTS_HTTP_SIGNING_SECRET",
                                                                           "operator_events.http.signing_secret",
                                                                           "operator_events_http_signing_secret"})));
}

std::vector<Setting> make_table() {
    std::vector<Setting> table;
    add_general(table);
    add_delivery(table);
    add_destinations(table);
    add_webhook(table);
    add_portal(table);
    add_alerts(table);
    return table;
}

}  // namespace

std::span<const Setting> settings() {
    static const std::vector<Setting> table = make_table();
    return table;
}

const Setting* find_setting(std::string_view name, Origin origin) {
    for (const Setting& setting : settings()) {
        if (name == (origin == Origin::yaml ? setting.names.path : setting.names.variable)) return &setting;
    }
    return nullptr;
}

}  // namespace outpost::app
