#include "destinations/webhook/provider.hpp"

#include "destinations/webhook/loopback_fixture.hpp"

namespace outpost::webhook {
namespace {

using Problems = std::vector<ports::FieldProblem>;

const TimePoint kNow = from_unix_ms(1'717'230'216'000);

model::Destination destination_of(model::StringMap config, model::StringMap credentials = {}) {
    model::Destination destination;
    destination.type = "webhook";
    destination.config = std::move(config);
    destination.credentials = std::move(credentials);
    return destination;
}

std::shared_ptr<const model::StoredDestination> stored(model::Destination destination) {
    return std::make_shared<const model::StoredDestination>(
        model::StoredDestination{.destination = std::move(destination)});
}

class WebhookProviderTest : public Loopback {
protected:
    Problems problems(const model::Destination& destination, const RawSettings& raw = {}) {
        const auto valid = provider(raw).validate(destination);
        return valid ? Problems() : valid.error().problems;
    }
};

// destinations.md §2.1
TEST_F(WebhookProviderTest, DescribesItsFields) {
    for (const Mode mode : {Mode::plain, Mode::standard}) {
        const model::DestinationType type = builtin_type(mode);
        EXPECT_EQ(type.type, "webhook");
        ASSERT_EQ(type.config_fields.size(), 5u);
        EXPECT_EQ(type.config_fields[0].key, "url");
        EXPECT_TRUE(type.config_fields[0].required);
        EXPECT_EQ(type.config_fields[0].pattern, R"(^https?:\/\/[^\s]+$)");
        EXPECT_EQ(type.config_fields[1].key, "custom_headers");
        EXPECT_EQ(type.config_fields[1].type, "key_value_map");
        EXPECT_FALSE(type.config_fields[1].required);
        for (std::size_t i = 2; i < 5; ++i) {               // ours, additive
            EXPECT_EQ(type.config_fields[i].type, "text");  // the SDKs know no numbers, and refuse the whole list
            EXPECT_FALSE(type.config_fields[i].required);
        }
        EXPECT_TRUE(type.credential_fields.empty());
        EXPECT_TRUE(type.icon.starts_with("<svg"));
        EXPECT_TRUE(type.instructions.starts_with("# Webhook"));
    }
    EXPECT_NE(builtin_type(Mode::plain).instructions, builtin_type(Mode::standard).instructions);
}

// destinations.md §13.6, the generic part
TEST_F(WebhookProviderTest, NeedsAnHttpUrl) {
    const model::DestinationType type = builtin_type(Mode::plain);
    using Pairs = std::vector<std::pair<std::string, std::string>>;
    EXPECT_EQ(model::check_fields(type, {}, {}), (Pairs{{"config.url", "required"}}));
    EXPECT_EQ(model::check_fields(type, {{"url", "ftp://x"}}, {}), (Pairs{{"config.url", "pattern"}}));
    EXPECT_TRUE(model::check_fields(type, {{"url", "https://example.com/a?b"}}, {}).empty());
}

// destinations.md §15.4 rule 3
TEST_F(WebhookProviderTest, RefusesAUrlThatThePolicyForbids) {
    EXPECT_EQ(problems(destination_of({{"url", "http://169.254.169.254/latest"}})),
              (Problems{{"config.url", "forbidden"}}));
    EXPECT_TRUE(problems(destination_of({{"url", "http://127.0.0.1:9/"}})).empty());
    EXPECT_TRUE(problems(destination_of({{"url", "http://[::1"}})).empty());  // fails at delivery (§2.3)
}

TEST_F(WebhookProviderTest, ReportsHeadersBeforeCredentials) {
    model::Destination destination = destination_of(
        {{"url", "https://example.com"}, {"custom_headers", R"({"Host":"x","a b":"x"})"}}, {{"previous_secret", "x"}});
    EXPECT_EQ(problems(destination),
              (Problems{{"config.custom_headers.Host", "forbidden"}, {"config.custom_headers.a b", "pattern"}}));
    destination.config.erase("custom_headers");
    EXPECT_EQ(problems(destination), (Problems{{"credentials.secret", "required"}}));
}

TEST_F(WebhookProviderTest, ChecksTheFormOfSecretsInStandardModeOnly) {
    const auto destination = destination_of({{"url", "https://example.com"}}, {{"secret", "plain"}});
    EXPECT_TRUE(problems(destination).empty());
    EXPECT_EQ(problems(destination, {.mode = "standard"}), (Problems{{"credentials.secret", "pattern"}}));
}

TEST_F(WebhookProviderTest, MakesASecretForANewDestination) {
    auto destination = destination_of({{"url", "https://example.com"}});
    ASSERT_TRUE(provider().preprocess(destination, {.role = ports::Role::tenant, .now = kNow}).has_value());
    EXPECT_EQ(destination.credentials.at("secret").size(), 6u + 64u);
    auto other = destination_of({{"url", "https://example.com"}});
    ASSERT_TRUE(provider({.mode = "standard"}).preprocess(other, {.now = kNow}).has_value());
    EXPECT_EQ(problems(other, {.mode = "standard"}), Problems());
}

TEST_F(WebhookProviderTest, ShowsSecretsInClearAndTheUrlAsTarget) {
    const auto destination =
        destination_of({{"url", "https://example.com/a"}}, {{"secret", "long enough to mask"},
                                                            {"previous_secret", "p"},
                                                            {"previous_secret_invalid_at", "2024-01-01T00:00:00Z"}});
    const model::StringMap expected = {{"secret", "long enough to mask"}};
    EXPECT_EQ(provider().display(destination, kNow).credentials, expected);
    EXPECT_EQ(provider().target(destination).text, "https://example.com/a");
    EXPECT_EQ(provider().target(destination).url, "");
}

TEST_F(WebhookProviderTest, OpensOnlyWhatIsStillValid) {
    WebhookProvider it = provider();
    EXPECT_TRUE(it.open(stored(destination_of({{"url", "http://x"}}))).has_value());
    EXPECT_EQ(it.open(stored(destination_of({}))).error().text(), "validation failed");
    EXPECT_EQ(it.open(stored(destination_of({{"url", "http://x"}, {"custom_headers", "{"}}))).error().code(),
              Errc::invalid);
    EXPECT_FALSE(it.open(stored(destination_of({{"url", "http://x"}}, {{"previous_secret", "x"}}))).has_value());
}

TEST_F(WebhookProviderTest, DoesNotOpenWithoutASecretInStandardMode) {
    WebhookProvider it = provider({.mode = "standard"});
    EXPECT_FALSE(it.open(stored(destination_of({{"url", "http://x"}}))).has_value());
    EXPECT_TRUE(it.open(stored(destination_of({{"url", "http://x"}}, {{"secret", "whsec_aGk="}}))).has_value());
}

}  // namespace
}  // namespace outpost::webhook
