#include "app/config/other_names.hpp"

#include <set>

namespace outpost::app {
namespace {

/// Names that differ from each other in their last part only, which YAML writes in lower case.
struct Family {
    Fate fate;
    std::string_view variable_prefix;
    std::string_view path_prefix;
    std::vector<std::string_view> parts;
};

/// Internal queues and stores.
std::vector<Family> brokered_families() {
    return {
        {Fate::brokered,
         "REDIS_",
         "redis.",
         {"HOST", "USERNAME", "PASSWORD", "TLS_ENABLED", "TLS_INSECURE", "CLUSTER_ENABLED",
          "DEV_CLUSTER_HOST_OVERRIDE"}},
        {Fate::silent, "REDIS_", "redis.", {"PORT", "DATABASE"}},
        {Fate::brokered, "CLICKHOUSE_", "clickhouse.", {"ADDR", "USERNAME", "PASSWORD", "TLS_ENABLED"}},
        {Fate::silent, "CLICKHOUSE_", "clickhouse.", {"DATABASE"}},
        {Fate::ignored, "CLICKHOUSE_", "clickhouse_", {"LOG_RETENTION_TTL_DAYS"}},
        {Fate::brokered,
         "RABBITMQ_",
         "mqs.rabbitmq.",
         {"SERVER_URL", "EXCHANGE", "DELIVERY_QUEUE", "LOG_QUEUE", "DELIVERY_DLQ", "LOG_DLQ"}},
        {Fate::brokered,
         "AWS_SQS_",
         "mqs.aws_sqs.",
         {"ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "REGION", "ENDPOINT", "DELIVERY_QUEUE", "LOG_QUEUE", "DELIVERY_DLQ",
          "LOG_DLQ"}},
        {Fate::brokered,
         "GCP_PUBSUB_",
         "mqs.gcp_pubsub.",
         {"PROJECT", "SERVICE_ACCOUNT_CREDENTIALS", "DELIVERY_TOPIC", "DELIVERY_SUBSCRIPTION", "LOG_TOPIC",
          "LOG_SUBSCRIPTION", "DELIVERY_DLQ_TOPIC", "DELIVERY_DLQ_SUBSCRIPTION", "LOG_DLQ_TOPIC",
          "LOG_DLQ_SUBSCRIPTION"}},
        {Fate::brokered,
         "AZURE_SERVICEBUS_",
         "mqs.azure_servicebus.",
         {"CONNECTION_STRING", "TENANT_ID", "CLIENT_ID", "CLIENT_SECRET", "SUBSCRIPTION_ID", "RESOURCE_GROUP",
          "NAMESPACE", "DELIVERY_TOPIC", "DELIVERY_SUBSCRIPTION", "LOG_TOPIC", "LOG_SUBSCRIPTION"}},
    };
}

std::vector<Family> other_families() {
    return {
        {Fate::ignored, "MQS_", "mqs.", {"AUTO_PROVISION"}},
        {Fate::publish_queue,
         "PUBLISH_AWS_SQS_",
         "publishmq.aws_sqs.",
         {"ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "REGION", "ENDPOINT", "QUEUE"}},
        {Fate::publish_queue,
         "PUBLISH_AZURE_SERVICEBUS_",
         "publishmq.azure_servicebus.",
         {"CONNECTION_STRING", "TOPIC", "SUBSCRIPTION"}},
        {Fate::publish_queue,
         "PUBLISH_GCP_PUBSUB_",
         "publishmq.gcp_pubsub.",
         {"PROJECT", "TOPIC", "SUBSCRIPTION", "SERVICE_ACCOUNT_CREDENTIALS"}},
        {Fate::publish_queue, "PUBLISH_RABBITMQ_", "publishmq.rabbitmq.", {"SERVER_URL", "EXCHANGE", "QUEUE"}},
        {Fate::operator_queue,
         "OPERATOR_EVENTS_AWS_SQS_",
         "operator_events.aws_sqs.",
         {"QUEUE_URL", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "REGION", "ENDPOINT"}},
        {Fate::operator_queue,
         "OPERATOR_EVENTS_GCP_PUBSUB_",
         "operator_events.gcp_pubsub.",
         {"PROJECT_ID", "TOPIC_ID", "CREDENTIALS"}},
        {Fate::operator_queue, "OPERATOR_EVENTS_RABBITMQ_", "operator_events.rabbitmq.", {"SERVER_URL", "EXCHANGE"}},
        {Fate::silent,
         "TELEMETRY_",
         "telemetry.",
         {"BATCH_SIZE", "BATCH_INTERVAL", "HOOKDECK_SOURCE_URL", "SENTRY_DSN"}},
        {Fate::ignored,
         "",
         "",
         {"PUBLISH_MAX_CONCURRENCY", "LOG_MAX_CONCURRENCY", "RETRY_POLL_BACKOFF_MS", "RETRY_VISIBILITY_TIMEOUT_SECONDS",
          "DELIVERY_IDEMPOTENCY_KEY_TTL", "LOG_BATCH_THRESHOLD_SECONDS", "LOG_BATCH_SIZE", "MIGRATIONS_AUTO",
          "OUTPOST_SHARED"}},
        {Fate::later, "", "", {"METRICS_PORT"}},
        {Fate::silent, "", "", {"DISABLE_TELEMETRY"}},
        {Fate::observability, "OTEL_", "otel.", {"SERVICE_NAME", "EXPORTER", "PROTOCOL"}},
    };
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c ^ 0x20);
    return out;
}

/// Whether a variable of the families holds a secret, and so may come from a file (decision D10).
bool ends_like_a_secret(std::string_view variable) {
    static constexpr std::array<std::string_view, 8> kSecrets = {
        "PASSWORD",       "SERVER_URL",        "ACCESS_KEY_ID", "SECRET_ACCESS_KEY",
        "SIGNING_SECRET", "CONNECTION_STRING", "CLIENT_SECRET", "CREDENTIALS"};
    return std::any_of(kSecrets.begin(), kSecrets.end(), [&](auto end) { return variable.ends_with(end); });
}

struct Index {
    std::map<std::string, Fate, std::less<>> variables, paths;
    std::vector<std::string> variable_names, path_names;

    Index() {
        add_all(brokered_families());
        add_all(other_families());
        add(variables, "POSTGRES_URL", Fate::brokered);
        add(variables, "POSTGRES_URL_FILE", Fate::brokered);
        add(paths, "postgres", Fate::brokered);
        add(paths, "telemetry.disabled", Fate::silent);
        for (const char* signal : {"traces", "metrics", "logs"}) {
            for (const char* part : {"exporter", "protocol"})
                add(paths, fmt::format("otel.{}.{}", signal, part), Fate::observability);
        }
        for (const auto& [name, fate] : variables) variable_names.push_back(name);
        for (const auto& [name, fate] : paths) path_names.push_back(name);
    }

    void add_all(const std::vector<Family>& families) {
        for (const Family& family : families) {
            for (const std::string_view part : family.parts) {
                add(variables, fmt::format("{}{}", family.variable_prefix, part), family.fate);
                add(paths, fmt::format("{}{}", family.path_prefix, lower(part)), family.fate);
            }
        }
    }

    static void add(std::map<std::string, Fate, std::less<>>& names, const std::string& name, Fate fate) {
        names.emplace(name, fate);
        if (ends_like_a_secret(name)) names.emplace(name + "_FILE", fate);
    }
};

const Index& known() {
    static const Index index;
    return index;
}

}  // namespace

std::optional<Fate> fate_of(std::string_view name, Origin origin) {
    const auto& names = origin == Origin::yaml ? known().paths : known().variables;
    if (const auto found = names.find(name); found != names.end()) return found->second;
    if (origin != Origin::yaml && name == "CONFIG") return Fate::silent;
    if (origin != Origin::yaml && name.starts_with("OTEL_")) return Fate::observability;  // §4: the SDK's own variables
    return std::nullopt;
}

std::string canonical_name(const std::string& name, Origin origin) {
    static const std::map<std::string, std::string, std::less<>> kVariables = {
        {"PORTAL_ACCENT_COLOR", "PORTAL_BRAND_COLOR"}, {"DESTINATION_METADATA_PATH", "DESTINATIONS_METADATA_PATH"}};
    static const std::map<std::string, std::string, std::less<>> kPaths = {
        {"portal.accent_color", "portal.brand_color"}, {"portal.organization_name", "portal.org_name"}};
    static constexpr std::string_view kOldEvents = "OPERATION_EVENTS_";
    const auto& table = origin == Origin::yaml ? kPaths : kVariables;
    if (const auto found = table.find(name); found != table.end()) return found->second;
    if (origin != Origin::yaml && name.starts_with(kOldEvents))
        return fmt::format("OPERATOR_EVENTS_{}", std::string_view(name).substr(kOldEvents.size()));
    return name;
}

const std::vector<std::string>& other_variables() {
    return known().variable_names;
}
const std::vector<std::string>& other_paths() {
    return known().path_names;
}

}  // namespace outpost::app
