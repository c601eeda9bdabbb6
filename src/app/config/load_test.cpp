#include "app/config/load_fixture.hpp"

namespace outpost::app {
namespace {

using Load = LoadFixture;
using Topics = std::vector<std::string>;

TEST_F(Load, NeedsNothing) {
    const Config config = load();
    EXPECT_EQ(config.api_port, 3333);
    EXPECT_EQ(config.data_dir, "./data");
    EXPECT_EQ(config.id_type, IdType::uuidv7);  // decision B25
    EXPECT_EQ(config.warnings, Lines());
}

TEST_F(Load, PrefersTheEnvironmentToTheFileAndTheFileToDefaults) {  // config.md §1.1
    write(".outpost.yaml", "api_port: 4000\ndeployment_id: file\n");
    const Config config = load({{"DEPLOYMENT_ID", "environment"}});
    EXPECT_EQ(config.api_port, 4000);
    EXPECT_EQ(config.deployment_id, "environment");
    EXPECT_EQ(config.max_destinations_per_tenant, 20u);
}

TEST_F(Load, ReadsEveryKindOfValueFromYaml) {
    write(".outpost.yaml",
          "topics: [user.created, ' user.deleted ']\nretry_schedule: [5, 60]\ntopics_allow_wildcards: yes\n"
          "log_level: WARNING\nidgen: {type: nanoid, event_prefix: evt_}\ndata_dir: /srv/data\napi_key: 12345\n"
          "delivery_timeout_seconds: \"9\"\n"
          "destinations:\n  egress_mode: public-only\n  egress_allow: [10.0.0.0/8]\n"
          "  webhook:\n    mode: standard\n    max_response_body_bytes: 10\n"
          "portal:\n  org_name: Acme\n  disable_outpost_branding: on\n");
    const Config config = load();
    EXPECT_EQ(config.topics, (Topics{"user.created", "user.deleted"}));
    EXPECT_EQ(config.retry_schedule,
              (std::vector<std::chrono::seconds>{std::chrono::seconds(5), std::chrono::seconds(60)}));
    EXPECT_EQ(config.retry_limit, 2u);  // §2: a schedule replaces the limit by its length
    EXPECT_TRUE(config.topics_allow_wildcards);
    EXPECT_EQ(config.log_level, log::Level::warn);
    EXPECT_EQ(config.id_type, IdType::nanoid);
    EXPECT_EQ(config.event_id_prefix, "evt_");
    EXPECT_EQ(config.data_dir, "/srv/data");
    EXPECT_EQ(config.api_key, "12345");
    EXPECT_EQ(config.delivery_timeout, std::chrono::seconds(9));
    EXPECT_EQ(config.egress_mode, "public-only");
    EXPECT_EQ(config.egress_allow, Topics{"10.0.0.0/8"});
    EXPECT_EQ(config.webhook.mode, "standard");
    EXPECT_EQ(config.webhook.max_response_body_bytes, 10);
    EXPECT_EQ(config.portal.organization_name, "Acme");
    EXPECT_TRUE(config.portal.disable_outpost_branding);
    EXPECT_EQ(config.warnings, Lines());
}

TEST_F(Load, TrimsLists) {  // config.md §13
    EXPECT_EQ(load({{"TOPICS", "a, b ,"}}).topics, (Topics{"a", "b"}));
    EXPECT_EQ(load({{"RETRY_SCHEDULE", "5, 60"}}).retry_limit, 2u);
    write(".outpost.yaml", "topics: \"a, b\"\n");  // the docs' form
    EXPECT_EQ(load().topics, (Topics{"a", "b"}));
}

TEST_F(Load, TakesAnEmptyVariableForNone) {  // config.md §1.5
    write(".outpost.yaml", "topics: [a]\napi_port: 4000\ndestinations:\n  webhook:\n    signature_encoding: base64\n");
    const Config config = load({{"TOPICS", ""}, {"API_PORT", ""}, {"DESTINATIONS_WEBHOOK_SIGNATURE_ENCODING", ""}});
    EXPECT_EQ(config.topics, Topics{"a"});
    EXPECT_EQ(config.api_port, 4000);
    EXPECT_EQ(config.webhook.signature_encoding, "base64");
    EXPECT_EQ(load({{"TOPICS", " "}}).topics, Topics());
}

TEST_F(Load, LetsAnEmptyHeaderNameDisableTheHeaderInTheProcessEnvironment) {  // config.md §1.5
    const std::string variable = "DESTINATIONS_WEBHOOK_TOPIC_HEADER_NAME";
    EXPECT_EQ(load().webhook.topic.name, std::nullopt);
    EXPECT_EQ(load({{variable, ""}}).webhook.topic.name, "");
    write(".env", variable + "=\n");
    EXPECT_EQ(load().webhook.topic.name, std::nullopt);
    write(".env", "X=1\n");
    std::filesystem::remove(directory_ / ".env");
    write(".outpost.yaml", "destinations:\n  webhook:\n    topic_header_name: \"\"\n    event_id_header_name:\n");
    EXPECT_EQ(load().webhook.topic.name, "");
    EXPECT_EQ(load().webhook.event_id.name, std::nullopt);
}

TEST_F(Load, TakesNullForUnsetAndForAnEmptySection) {  // config.md §1.3, §1.5
    write(".outpost.yaml", "api_port:\ntopics: null\nmqs:\ndestinations:\nportal: {}\n");
    EXPECT_EQ(load().api_port, 3333);
    EXPECT_EQ(load().warnings, Lines());
}

TEST_F(Load, ReadsSecretsFromFiles) {  // decision D10
    write("key", "from-a-file\n\n");
    EXPECT_EQ(load({{"API_KEY_FILE", path("key")}}).api_key, "from-a-file");
    write(".env", "API_JWT_SECRET_FILE=key\nAPI_KEY=dotenv\n");
    const Config config = load({{"API_KEY_FILE", path("key")}});
    EXPECT_EQ(config.api_jwt_secret, "from-a-file");
    EXPECT_EQ(config.api_key, "from-a-file") << "the environment wins";
    EXPECT_EQ(only_problem({{"API_KEY_FILE", path("key")}, {"API_KEY", "x"}}),
              "API_KEY and API_KEY_FILE are both set: keep one");
    EXPECT_EQ(only_problem({{"API_KEY_FILE", "/nonexistent/key"}}),
              "API_KEY_FILE: open /nonexistent/key: no such file or directory");
    write("key", "\n");
    write(".env", "A=1\n");
    EXPECT_EQ(only_problem({{"API_KEY_FILE", "key"}}), "API_KEY_FILE: key is empty");
    EXPECT_EQ(load({{"API_PORT_FILE", path("key")}}).api_port, 3333) << "no secret";
}

TEST_F(Load, SaysEverythingThatIsWrongAtOnce) {
    write(".outpost.yaml", "api_port: abc\nretry_interval_seconds: [1]\ntopics: {a: b}\nredis: x\n");
    EXPECT_EQ(problems({{"SERVICE", "worker"},
                        {"TOPICS_ALLOW_WILDCARDS", "maybe"},
                        {"MAX_DESTINATIONS_PER_TENANT", "70000"},
                        {"DEPLOYMENT_ID", "a b"}}),
              (Lines{"api_port (line 1): \"abc\" is not an integer",
                     "retry_interval_seconds (line 2): one value is expected, not a list",
                     "error parsing yaml config: line 3: topics is a value, not a section",
                     "error parsing yaml config: line 4: redis is a section, not a value",
                     "TOPICS_ALLOW_WILDCARDS: \"maybe\" is neither true nor false",
                     "config validation error: invalid service type",
                     "config validation error: deployment_id must contain only alphanumeric characters, hyphens, and "
                     "underscores (max 64 characters)",
                     "MAX_DESTINATIONS_PER_TENANT: must be 1 to 65536, got 70000"}));
}

TEST_F(Load, KeepsWhatWasWrittenInTheReport) {  // §7.2: `config list` shows values before validation
    sources_.environment = {{"RETRY_SCHEDULE", "5,60"}, {"SERVICE", "nonsense"}};
    const ConfigReport report = read_config(sources_);
    EXPECT_EQ(report.config.retry_limit, 10u);
    EXPECT_EQ(report.unreadable.lines, Lines());
    EXPECT_EQ(report.invalid.text(), "config validation error: invalid service type");
}

TEST_F(Load, ShowsNoSecret) {  // config.md §8
    const std::map<std::string, std::string> secrets = {{"API_KEY", "hush-1"},
                                                        {"API_JWT_SECRET", "hush-2"},
                                                        {"AES_ENCRYPTION_SECRET", "hush-3"},
                                                        {"AES_ENCRYPTION_SECRET_PREVIOUS", "hush-4"}};
    const auto fields = describe_config(load(secrets));
    EXPECT_TRUE(std::is_sorted(fields.begin(), fields.end()));
    std::map<std::string, std::string> shown(fields.begin(), fields.end());
    for (const auto& [name, value] : shown) EXPECT_EQ(value.find("hush"), std::string::npos) << name;
    EXPECT_EQ(shown["api_key_configured"], "true");
    EXPECT_EQ(shown["api_jwt_secret_configured"], "true");
    EXPECT_EQ(shown["aes_encryption_secret_configured"], "true");
    EXPECT_EQ(std::map(fields.begin(), fields.end()).count("api_key"), 0u);
}

TEST_F(Load, ShowsTheFieldsOfTheReference) {  // config.md §8
    const auto fields = describe_config(load({{"TOPICS", "a,b"},
                                              {"RETRY_SCHEDULE", "5,60"},
                                              {"DESTINATIONS_WEBHOOK_TOPIC_HEADER_NAME", ""},
                                              {"DESTINATIONS_WEBHOOK_SIGNATURE_HEADER_NAME", "X-Sig"}}));
    std::map<std::string, std::string> shown(fields.begin(), fields.end());
    const std::map<std::string, std::string> kExpected = {
        {"api_port", "3333"},
        {"api_key_configured", "false"},
        {"config_file_path", "none (using defaults and environment variables)"},
        {"topics", "[a b]"},
        {"retry_schedule", "[5 60]"},
        {"retry_interval_seconds", "30"},
        {"retry_max_limit", "2"},
        {"log_level", "info"},
        {"idgen_type", "uuidv7"},
        {"publish_idempotency_key_ttl", "3600"},
        {"telemetry_disabled", "true"},
        {"destinations_webhook_topic_header", "disabled"},
        {"destinations_webhook_event_id_header", "<default>"},
        {"destinations_webhook_signature_header", "X-Sig"},
        {"http_user_agent", ""},
        {"deployment_id", ""},
    };
    for (const auto& [name, value] : kExpected) {
        ASSERT_TRUE(shown.contains(name)) << name;
        EXPECT_EQ(shown[name], value) << name;
    }
}

TEST(ProcessEnvironment, IsRead) {
    const auto variables = process_environment();
    ASSERT_TRUE(variables.contains("PATH"));
    EXPECT_EQ(variables.at("PATH"), std::getenv("PATH"));
}

}  // namespace
}  // namespace outpost::app
