#include "destinations/webhook/config.hpp"

namespace outpost::webhook {
namespace {

WebhookSettings resolved(const RawSettings& raw) {
    auto settings = resolve_settings(raw);
    EXPECT_TRUE(settings.has_value()) << (settings ? "" : settings.error().text());
    return settings ? *std::move(settings) : WebhookSettings();
}

std::string refusal(const RawSettings& raw) {
    const auto settings = resolve_settings(raw);
    return settings ? "accepted" : settings.error().text();
}

TEST(WebhookSettings, HaveTheDefaultsOfTheContract) {
    const WebhookSettings settings = resolved({});
    EXPECT_EQ(settings.mode, Mode::plain);
    EXPECT_EQ(settings.header_names.event_id, "x-outpost-event-id");
    EXPECT_EQ(settings.header_names.signature, "x-outpost-signature");
    EXPECT_EQ(settings.header_names.timestamp, "x-outpost-timestamp");
    EXPECT_EQ(settings.header_names.topic, "x-outpost-topic");
    EXPECT_EQ(settings.encoding, Encoding::hex);
    EXPECT_EQ(settings.algorithm, Algorithm::hmac_sha256);
    EXPECT_EQ(settings.response_body_bytes_max, 131072u);
    EXPECT_EQ(settings.user_agent, "Outpost/" OUTPOST_VERSION);
    EXPECT_EQ(settings.redirects, RedirectRules::strict);
    EXPECT_TRUE(settings.warnings.empty());
}

TEST(WebhookSettings, SelectStandardModeByTheExactWordOnly) {
    EXPECT_EQ(resolved({.mode = "standard"}).mode, Mode::standard);
    for (const auto* other : {"", "default", "Standard", "standard "})
        EXPECT_EQ(resolved({.mode = other}).mode, Mode::plain);
}

struct PrefixCase {
    std::optional<std::string> given;
    std::string plain;
    std::string standard;
};

TEST(WebhookSettings, ResolveThePrefix) {
    for (const PrefixCase& it :
         {PrefixCase{std::nullopt, "x-outpost-", "webhook-"}, PrefixCase{"", "x-outpost-", "webhook-"},
          PrefixCase{"  ", "", ""}, PrefixCase{" x-acme ", "x-acme", "x-acme"}}) {
        EXPECT_EQ(resolved({.header_prefix = it.given}).header_prefix, it.plain);
        const WebhookSettings standard = resolved({.mode = "standard", .header_prefix = it.given});
        EXPECT_EQ(standard.header_prefix, it.standard);
        EXPECT_EQ(standard.header_names.event_id, it.standard + "id");
    }
    EXPECT_EQ(refusal({.header_prefix = "x outpost"}),
              "DESTINATIONS_WEBHOOK_HEADER_PREFIX \"x outpost\" can't begin a header's name");
}

// destinations.md §2.2: unset, blank, and a name.
TEST(WebhookSettings, KnowThreeStatesOfAHeaderName) {
    const WebhookSettings settings =
        resolved({.event_id = {.name = " X-Id "}, .signature = {.name = " "}, .timestamp = {.name = ""}});
    EXPECT_EQ(settings.header_names.event_id, "X-Id");
    EXPECT_EQ(settings.header_names.signature, std::nullopt);
    EXPECT_EQ(settings.header_names.timestamp, std::nullopt);
    EXPECT_EQ(settings.header_names.topic, "x-outpost-topic");
}

TEST(WebhookSettings, LetAGivenNameWinOverTheDeprecatedFlag) {
    const WebhookSettings settings =
        resolved({.event_id = {.name = "X-Id", .disable_default = true}, .topic = {.disable_default = true}});
    EXPECT_EQ(settings.header_names.event_id, "X-Id");
    EXPECT_EQ(settings.header_names.topic, std::nullopt);
    ASSERT_EQ(settings.warnings.size(), 2u);
    EXPECT_EQ(
        settings.warnings[1],
        "DESTINATIONS_WEBHOOK_DISABLE_DEFAULT_TOPIC_HEADER is deprecated and will be removed in a future version. "
        "Set DESTINATIONS_WEBHOOK_TOPIC_HEADER_NAME to an empty string to disable the header instead.");
}

TEST(WebhookSettings, RefuseWithTheTextsOfTheContract) {
    EXPECT_EQ(refusal({.event_id = {.name = "x id"}}),
              "invalid event ID header name \"x id\": must match ^[a-zA-Z0-9][a-zA-Z0-9_-]*$");
    EXPECT_EQ(refusal({.signature = {.name = "User-Agent"}}),
              "invalid signature header name \"User-Agent\": reserved header");
    EXPECT_EQ(refusal({.timestamp = {.name = "X-A"}, .topic = {.name = "x-a"}}),
              "timestamp and topic headers resolve to the same name \"x-a\"; pin distinct names or disable one");
    EXPECT_EQ(
        refusal({.event_id = {.name = "X-Outpost-Topic"}}),
        "event ID and topic headers resolve to the same name \"x-outpost-topic\"; pin distinct names or disable one");
    EXPECT_EQ(refusal({.signature_encoding = ""}), "signature encoding is required");
    EXPECT_EQ(refusal({.signature_algorithm = ""}), "signature algorithm is required");
    EXPECT_EQ(refusal({.signature_content_template = ""}), "signature content template is required");
    EXPECT_EQ(refusal({.signature_header_template = ""}), "signature header template is required");
    EXPECT_EQ(refusal({.signing_secret_template = ""}), "signing secret template is required");
    EXPECT_EQ(refusal({.signature_content_template = "{{env \"A\"}}"}),
              "invalid signature content template \"{{env \\\"A\\\"}}\": function \"env\" is not supported");
    EXPECT_EQ(refusal({.signature_content_template = "{{.Signatures}}"}),
              "invalid signature content template \"{{.Signatures}}\": can't evaluate field Signatures");
    EXPECT_EQ(refusal({.signature_header_template = "{{.Body}}"}),
              "invalid signature header template \"{{.Body}}\": can't evaluate field Body");
    EXPECT_EQ(refusal({.signature_header_template = "v0=\n"}),
              "invalid signature header template \"v0=\\n\": the result has control characters");
    EXPECT_EQ(refusal({.signing_secret_template = "{{.RandomHex"}),
              "invalid signing secret template \"{{.RandomHex\": unclosed action");
    EXPECT_EQ(refusal({.redirects = "all"}), "DESTINATIONS_REDIRECTS: \"all\" is neither strict nor reference");
    EXPECT_EQ(refusal({.proxy_url = "socks5://u:hunter2@proxy:1080"}),
              "invalid proxy URL: only proxies of scheme http or https are supported");
    EXPECT_EQ(refusal({.user_agent = "a\nb"}), "HTTP_USER_AGENT: control characters can't be sent in a header");
}

// destinations.md §2.8: the secret template's fields are looked up when a secret is made.
TEST(WebhookSettings, AcceptAnUnknownFieldInTheSecretTemplate) {
    EXPECT_EQ(refusal({.signing_secret_template = "{{.Unknown}}"}), "accepted");
}

// destinations.md §3: in standard mode these variables are neither used nor checked.
TEST(WebhookSettings, IgnoreNamesAndTemplatesInStandardMode) {
    const WebhookSettings settings = resolved({.mode = "standard",
                                               .event_id = {.name = "x id"},
                                               .signature = {.name = ""},
                                               .signature_content_template = "{{",
                                               .signature_encoding = ""});
    EXPECT_EQ(settings.header_names.event_id, "webhook-id");
    EXPECT_EQ(settings.header_names.signature, "webhook-signature");
    EXPECT_EQ(settings.header_names.timestamp, "webhook-timestamp");
}

TEST(WebhookSettings, TakeUnknownEncodingAndAlgorithmForTheDefaults) {
    EXPECT_EQ(resolved({.signature_encoding = "base64"}).encoding, Encoding::base64);
    EXPECT_EQ(resolved({.signature_encoding = "BASE64"}).encoding, Encoding::hex);
    EXPECT_EQ(resolved({.signature_algorithm = "hmac-sha1"}).algorithm, Algorithm::hmac_sha1);
    EXPECT_EQ(resolved({.signature_algorithm = "md5"}).algorithm, Algorithm::hmac_sha256);
}

// decision B14
TEST(WebhookSettings, BoundAResponseBodyWithoutACap) {
    EXPECT_EQ(resolved({.max_response_body_bytes = 0}).response_body_bytes_max, 4u * 1024 * 1024);
    EXPECT_EQ(resolved({.max_response_body_bytes = 10}).response_body_bytes_max, 10u);
}

}  // namespace
}  // namespace outpost::webhook
