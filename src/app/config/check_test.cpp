#include "app/config/load_fixture.hpp"

namespace outpost::app {
namespace {

using Environment = std::map<std::string, std::string>;

struct Refusal {
    const char* name;
    Environment environment;
    std::string text;
};

std::string name_of(const testing::TestParamInfo<Refusal>& info) {
    return info.param.name;
}

class Refusals : public LoadFixture, public testing::WithParamInterface<Refusal> {};

TEST_P(Refusals, AreInTheWordsOfTheContract) {
    EXPECT_EQ(only_problem(GetParam().environment), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Section2, Refusals,
    testing::Values(
        Refusal{"Service", {{"SERVICE", "API"}}, "config validation error: invalid service type"},
        Refusal{
            "PortalProxy", {{"PORTAL_PROXY_URL", "http://a b/"}}, "config validation error: invalid portal proxy url"},
        Refusal{"PortalProxyScheme", {{"PORTAL_PROXY_URL", ":x"}}, "config validation error: invalid portal proxy url"},
        Refusal{"PortalProxyEscape",
                {{"PORTAL_PROXY_URL", "http://a/%2"}},
                "config validation error: invalid portal proxy url"},
        Refusal{"DeploymentIdLength",
                {{"DEPLOYMENT_ID", std::string(65, 'a')}},
                "config validation error: deployment_id must contain only alphanumeric characters, hyphens, and "
                "underscores (max 64 characters)"},
        Refusal{"Schedule",
                {{"RETRY_SCHEDULE", "5,0"}},
                "config validation error: retry_schedule entries must be at least 1 second, got 0 at index 1"},
        Refusal{"Interval",
                {{"RETRY_INTERVAL_SECONDS", "0"}},
                "config validation error: retry_interval_seconds must be at least 1, got 0"},
        Refusal{"LogLevel", {{"LOG_LEVEL", "trace"}}, "unrecognized level: \"trace\""},
        Refusal{"IdType",
                {{"IDGEN_TYPE", "ulid"}},
                "failed to configure ID generator: invalid id type: ulid (must be one of: uuidv4, uuidv7, nanoid)"},
        Refusal{"RecordRequests",
                {{"DELIVERY_RECORD_REQUESTS", "some"}},
                "DELIVERY_RECORD_REQUESTS: must be failed, all or none, got some"},
        Refusal{"HeaderName",
                {{"DESTINATIONS_WEBHOOK_TOPIC_HEADER_NAME", "host"}},
                "invalid topic header name \"host\": reserved header"},
        Refusal{"ApiHost", {{"API_HOST", "localhost"}}, "API_HOST: \"localhost\" is not an IP address"},
        Refusal{"EventBridgeSource",
                {{"DESTINATIONS_EVENTBRIDGE_SOURCE", "aws.ours"}},
                "DESTINATIONS_EVENTBRIDGE_SOURCE: \"aws.ours\" is refused by EventBridge: it may not be empty or start "
                "with \"aws.\""},
        Refusal{"GinMode", {{"GIN_MODE", "prod"}}, "gin mode unknown: prod (available mode: debug release test)"},
        Refusal{
            "CorsOrigin",
            {{"API_CORS_ORIGINS", "https://a.example,b.example"}},
            "API_CORS_ORIGINS: \"b.example\" is not an origin: scheme://host[:port] is expected, without a path, or * "
            "alone"},
        Refusal{"EgressMode",
                {{"DESTINATIONS_EGRESS_MODE", "closed"}},
                "DESTINATIONS_EGRESS_MODE: \"closed\" is not block-metadata, public-only or open"},
        Refusal{"Mode", {{"OUTPOST_MODE", "both"}}, "OUTPOST_MODE: \"both\" is neither embedded nor brokered"}),
    name_of);

using Check = LoadFixture;

TEST_F(Check, AcceptsWhatTheContractAccepts) {
    for (const Environment& environment : std::vector<Environment>{
             {{"SERVICE", "all"}},
             {{"PORTAL_PROXY_URL", "localhost"}},
             {{"DEPLOYMENT_ID", "Ab-1_" + std::string(59, 'z')}},
             {{"RETRY_SCHEDULE", "1"}, {"RETRY_INTERVAL_SECONDS", "0"}},
             {{"API_HOST", "::"}},
             {{"LOG_LEVEL", "dPanic"}},
             {{"DESTINATIONS_EGRESS_MODE", "open"}, {"DESTINATIONS_EGRESS_DENY", "*.internal, 10.0.0.0/8"}}})
        EXPECT_EQ(problems(environment), Lines());
}

TEST_F(Check, RefusesAnEgressEntryThatIsNone) {
    EXPECT_NE(only_problem({{"DESTINATIONS_EGRESS_ALLOW", "10.0.0.0/99"}}).find("10.0.0.0/99"), std::string::npos);
}

TEST_F(Check, WantsFlagAndVariableToNameTheSameService) {  // config.md §2 rules 1, 2
    sources_.service_flag = "all";
    EXPECT_EQ(load().service, "all");
    EXPECT_EQ(problems({{"SERVICE", "all"}}), Lines());
    EXPECT_EQ(problems({{"SERVICE", "log"}}).front(), "config validation error: service type mismatch");
    sources_.service_flag = "everything";
    EXPECT_EQ(only_problem(), "config validation error: invalid service type");
}

TEST_F(Check, RefusesWhatAsksForBrokeredMode) {  // decision D1
    const std::string one = only_problem({{"REDIS_HOST", "localhost"}, {"POSTGRES_URL", "postgres://u:p@h/d"}});
    EXPECT_NE(one.find("asked for by: POSTGRES_URL, REDIS_HOST;"), std::string::npos) << one;
    EXPECT_EQ(one.find("u:p"), std::string::npos) << one;
    for (const char* name : {"CLICKHOUSE_ADDR", "RABBITMQ_SERVER_URL", "RABBITMQ_SERVER_URL_FILE", "AWS_SQS_REGION",
                             "GCP_PUBSUB_PROJECT", "AZURE_SERVICEBUS_CONNECTION_STRING", "REDIS_PASSWORD_FILE"}) {
        const std::string line = only_problem({{name, "x"}});
        EXPECT_NE(line.find(fmt::format("asked for by: {};", name)), std::string::npos) << line;
    }
    for (const char* role : {"api", "delivery", "log"}) {
        const std::string line = only_problem({{"SERVICE", role}});
        EXPECT_NE(line.find(fmt::format("asked for by: SERVICE={};", role)), std::string::npos) << line;
    }
    EXPECT_NE(only_problem({{"OUTPOST_MODE", "brokered"}}).find("asked for by: OUTPOST_MODE=brokered;"),
              std::string::npos);
    write(".outpost.yaml", "redis:\n  host: localhost\n");
    EXPECT_NE(only_problem().find("asked for by: redis.host;"), std::string::npos);
}

TEST_F(Check, IgnoresThemWhenTheOperatorSaysEmbedded) {
    const Config config = load({{"OUTPOST_MODE", "embedded"}, {"REDIS_HOST", "localhost"}, {"SERVICE", "api"}});
    EXPECT_EQ(config.warnings, Lines{"REDIS_HOST, SERVICE=api: ignored, because OUTPOST_MODE is embedded"});
}

TEST_F(Check, LetsDetailsAloneChooseNothing) {  // decision D1: `_DATABASE`, `_PORT`
    EXPECT_EQ(load({{"REDIS_PORT", "6379"}, {"REDIS_DATABASE", "0"}, {"REDIS_HOST", ""}}).warnings, Lines());
}

TEST_F(Check, RefusesQueuesAsSinksOfOperatorEvents) {
    EXPECT_EQ(only_problem({{"OPERATION_EVENTS_AWS_SQS_QUEUE_URL", "https://q"}, {"OPERATOR_EVENTS_TOPICS", "*"}}),
              "operator events go to an HTTP sink alone in this version of Outpost: unset "
              "OPERATOR_EVENTS_AWS_SQS_QUEUE_URL, and set OPERATOR_EVENTS_HTTP_URL");
    EXPECT_EQ(only_problem({{"OPERATOR_EVENTS_HTTP_URL", "ftp://x"}}).substr(0, 25), "OPERATOR_EVENTS_HTTP_URL:");
}

TEST_F(Check, AlertCountsAreNumbersOrOff) {  // config.md §1.5, §2 rule 14, §3.9
    EXPECT_EQ(load().alert.failure_count.value, 100);
    EXPECT_EQ(load().alert.exhausted_window_seconds.value, 3600);
    EXPECT_EQ(load({{"ALERT_CONSECUTIVE_FAILURE_COUNT", ""}}).alert.failure_count.value, std::nullopt);
    EXPECT_EQ(load({{"ALERT_CONSECUTIVE_FAILURE_COUNT", " 7 "}}).alert.failure_count.value, 7);
    EXPECT_EQ(load({{"ALERT_EXHAUSTED_RETRIES_WINDOW_SECONDS", "0"}}).alert.exhausted_window_seconds.value, 0);
    EXPECT_EQ(only_problem({{"ALERT_CONSECUTIVE_FAILURE_COUNT", "0"}}),
              "alert.consecutive_failure_count: must be >= 1, got 0");
    EXPECT_EQ(
        only_problem({{"ALERT_EXHAUSTED_RETRIES_WINDOW_SECONDS", "x"}}),
        "alert.exhausted_retries_window_seconds: must be an integer, an empty string to disable, or unset for the "
        "default: \"x\"");
}

TEST_F(Check, RefusesToPublishFromQueues) {
    EXPECT_EQ(only_problem({{"PUBLISH_RABBITMQ_SERVER_URL", "amqp://u:p@h"}, {"PUBLISH_RABBITMQ_QUEUE", "q"}}),
              "publishing from queues comes with a later version of Outpost: unset PUBLISH_RABBITMQ_QUEUE, "
              "PUBLISH_RABBITMQ_SERVER_URL");
}

struct Warning {
    const char* name;
    Environment environment;
    std::string text;
};

std::string name_of_warning(const testing::TestParamInfo<Warning>& info) {
    return info.param.name;
}

class Warnings : public LoadFixture, public testing::WithParamInterface<Warning> {};

TEST_P(Warnings, AreSaidOnce) {
    EXPECT_EQ(load(GetParam().environment).warnings, Lines{GetParam().text});
}

INSTANTIATE_TEST_SUITE_P(
    Names, Warnings,
    testing::Values(
        Warning{"Ignored",
                {{"LOG_BATCH_SIZE", "10"}, {"PUBLISH_MAX_CONCURRENCY", "1"}},
                "LOG_BATCH_SIZE, PUBLISH_MAX_CONCURRENCY: accepted and ignored, they have no counterpart in "
                "embedded mode"},
        Warning{"Observability",
                {{"OTEL_SERVICE_NAME", "x"}, {"OTEL_BSP_TIMEOUT", "1"}},
                "OTEL_BSP_TIMEOUT, OTEL_SERVICE_NAME: observability comes later; nothing is exported yet"},
        Warning{"NoSink",  // pipeline.md §12.1
                {{"OPERATOR_EVENTS_TOPICS", "*"}},
                "opevents: topics are configured but no sink is set; operator events will be dropped"},
        Warning{"NoOperatorTopics",
                {{"OPERATOR_EVENTS_HTTP_URL", "http://x"}},
                "OPERATOR_EVENTS_HTTP_URL: nothing is sent there while OPERATOR_EVENTS_TOPICS is empty; * stands for "
                "every topic"},
        Warning{"SecondSink",
                {{"OPERATOR_EVENTS_HTTP_URL", "http://x"},
                 {"OPERATOR_EVENTS_TOPICS", "*"},
                 {"OPERATOR_EVENTS_RABBITMQ_EXCHANGE", "x"}},
                "OPERATOR_EVENTS_RABBITMQ_EXCHANGE: ignored, operator events go to OPERATOR_EVENTS_HTTP_URL"},
        Warning{"Later", {{"METRICS_PORT", "9090"}}, "METRICS_PORT: comes with a later version and has no effect yet"},
        Warning{"MetadataPath",
                {{"DESTINATIONS_METADATA_PATH", "elsewhere"}},
                "DESTINATIONS_METADATA_PATH: comes with a later version and has no effect yet"},
        Warning{"PortalProxy",
                {{"PORTAL_PROXY_URL", "http://portal:3000"}},
                "PORTAL_PROXY_URL: comes with a later version and has no effect yet"},
        Warning{"Alias",
                {{"PORTAL_ACCENT_COLOR", "#fff"}},
                "PORTAL_ACCENT_COLOR is read as PORTAL_BRAND_COLOR: use that name"},
        Warning{"Unknown", {{"API_PROT", "1"}}, "API_PROT is not read: did you mean API_PORT?"},
        Warning{
            "Concurrency",
            {{"DELIVERY_MAX_CONCURRENCY", "63"}},
            "DELIVERY_MAX_CONCURRENCY=63: no more than 63 deliveries are sent at once, so a few slow destinations hold "
            "up all the others; unset it for an automatic limit"},
        Warning{"Open",
                {{"API_ALLOW_OPEN", "true"}},
                "API_ALLOW_OPEN: no key is asked for; whoever reaches the API is an administrator"},
        Warning{"AnyTopic",
                {{"TOPICS", "*"}},
                "TOPICS=*: the only topic is then called \"*\"; unset TOPICS to accept any topic"},
        Warning{"IdsForEver",
                {{"PUBLISH_IDEMPOTENCY_KEY_TTL", "0"}},
                "PUBLISH_IDEMPOTENCY_KEY_TTL=0: event ids are remembered for ever, so no file of the log is ever "
                "removed: LOG_RETENTION_DAYS, LOG_RETENTION_BYTES and the care for free space have no effect, and the "
                "disk fills"},
        Warning{
            "Deprecated",
            {{"DESTINATIONS_WEBHOOK_DISABLE_DEFAULT_TOPIC_HEADER", "true"}},
            "DESTINATIONS_WEBHOOK_DISABLE_DEFAULT_TOPIC_HEADER is deprecated and will be removed in a future version. "
            "Set DESTINATIONS_WEBHOOK_TOPIC_HEADER_NAME to an empty string to disable the header instead."}),
    name_of_warning);

TEST_F(Check, IsSilentAboutTelemetryAndAmpleConcurrency) {  // decision D7
    EXPECT_EQ(load({{"DISABLE_TELEMETRY", "true"}, {"TELEMETRY_SENTRY_DSN", "x"}, {"DELIVERY_MAX_CONCURRENCY", "64"}})
                  .warnings,
              Lines());
    write(".outpost.yaml", "telemetry:\n  disabled: true\ndisable_telemetry: true\n");
    EXPECT_EQ(load().warnings, Lines());
}

TEST_F(Check, ReadsAliasesUnlessTheProperNameIsThereToo) {  // decision D9
    EXPECT_EQ(load({{"PORTAL_ACCENT_COLOR", "#fff"}}).portal.brand_color, "#fff");
    EXPECT_EQ(load({{"PORTAL_ACCENT_COLOR", "#fff"}, {"PORTAL_BRAND_COLOR", "#000"}}).portal.brand_color, "#000");
    EXPECT_EQ(load({{"DESTINATION_METADATA_PATH", "there"}}).destinations_metadata_path, "there");
    EXPECT_EQ(load({{"OPERATION_EVENTS_TOPICS", "*"}}).warnings.size(), 2u);
    write(".outpost.yaml", "portal:\n  accent_color: '#111'\n  organization_name: Acme\n");
    const Config config = load();
    EXPECT_EQ(config.portal.brand_color, "#111");
    EXPECT_EQ(config.portal.organization_name, "Acme");
    EXPECT_EQ(config.warnings.size(), 2u);
}

TEST_F(Check, SaysThatOpenCallersShareOneAllowance) {
    const auto warnings = load({{"API_ALLOW_OPEN", "true"}, {"API_RATE_LIMIT_PER_MINUTE", "60"}}).warnings;
    ASSERT_EQ(warnings.size(), 2u);
    EXPECT_EQ(warnings[1], "API_RATE_LIMIT_PER_MINUTE: with API_ALLOW_OPEN all callers together have one allowance");
}

TEST_F(Check, LetsGinModeRaiseTheVerbosityAndNothingElse) {  // config.md §13
    EXPECT_EQ(load({{"GIN_MODE", "debug"}}).log_level, log::Level::debug);
    EXPECT_EQ(load({{"GIN_MODE", "debug"}, {"LOG_LEVEL", "warn"}}).log_level, log::Level::warn);
    for (const char* mode : {"release", "test"}) EXPECT_EQ(load({{"GIN_MODE", mode}}).log_level, log::Level::info);
    EXPECT_EQ(load({{"GIN_MODE", "debug"}}).warnings, Lines());
}

TEST_F(Check, RefusesUnknownNamesWhenStrict) {  // decision D8
    write(".outpost.yaml", "topcis: [a]\nrabbitmq:\n  server_url: x\n  exchange: y\n");
    EXPECT_EQ(load().warnings,
              (Lines{"rabbitmq is not read: did you mean mqs.rabbitmq?", "topcis is not read: did you mean topics?"}));
    EXPECT_EQ(problems({{"CONFIG_STRICT", "true"}, {"API_PROT", "1"}}),
              (Lines{"API_PROT is not read: did you mean API_PORT? (CONFIG_STRICT)",
                     "rabbitmq is not read: did you mean mqs.rabbitmq? (CONFIG_STRICT)",
                     "topcis is not read: did you mean topics? (CONFIG_STRICT)"}));
    EXPECT_EQ(load({{"OUTPOST_MODE", "embedded"}}).warnings.size(), 2u);
}

}  // namespace
}  // namespace outpost::app
