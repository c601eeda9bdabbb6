#include "destinations/webhook/signature.hpp"

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "destinations/webhook/ed25519.hpp"
#include "destinations/webhook/header_names.hpp"

namespace outpost::webhook {
namespace {

constexpr std::string_view kSecretPrefix = "whsec_";

std::string_view value_of(const model::StringMap& map, const char* key) {
    const auto found = map.find(key);
    return found == map.end() ? std::string_view() : std::string_view(found->second);
}

std::string encoded_hmac(const WebhookSettings& settings, std::string_view key, std::string_view content) {
    const std::string digest =
        settings.algorithm == Algorithm::hmac_sha1 ? hmac_sha1(key, content) : hmac_sha256(key, content);
    return settings.encoding == Encoding::base64 ? to_base64(digest) : to_hex(digest);
}

/// The fields of the content template; those of the header template are the same with the signatures for the body.
model::TemplateData content_data(const model::Event& event, TimePoint time) {
    return {
        {"EventID", Bytes(event.id.value)}, {"Topic", Bytes(event.topic)}, {"Timestamp", time}, {"Body", event.data}};
}
model::TemplateData header_data(const model::Event& event, TimePoint time, model::TemplateList signatures) {
    return {{"EventID", Bytes(event.id.value)},
            {"Topic", Bytes(event.topic)},
            {"Timestamp", time},
            {"Signatures", std::move(signatures)}};
}

Result<std::string> rendered_header(const model::Template& header, const model::TemplateData& data) {
    TRY(auto value, header.render(data, model::kTemplateOutputExtraMax));
    if (!is_legal_value(value)) return fail(Errc::invalid, "the result has control characters");
    return value;
}

Result<std::string> plain_header(const WebhookSettings& settings, const std::vector<std::string_view>& secrets,
                                 const model::Event& event, TimePoint time) {
    std::string rendered;
    std::string_view content = event.data.view();
    // The default template is the body itself: no reason to copy it.
    if (settings.signature_content.only_field() != "Body") {
        const std::size_t bytes_max = event.data.size() + model::kTemplateOutputExtraMax;
        TRY(rendered, settings.signature_content.render(content_data(event, time), bytes_max));
        content = rendered;
    }
    model::TemplateList signatures;
    for (const std::string_view secret : secrets) signatures.emplace_back(encoded_hmac(settings, secret, content));
    return rendered_header(settings.signature_header, header_data(event, time, std::move(signatures)));
}

Result<std::string> standard_header(const std::vector<std::string_view>& secrets, const model::Event& event,
                                    TimePoint time) {
    const std::string content = fmt::format("{}.{}.{}", event.id.value, unix_seconds(time), event.data.view());
    std::string header;
    for (const std::string_view secret : secrets) {
        if (!header.empty()) header += ' ';
        if (const auto seed = signing_seed(secret)) {
            header += "v1a," + to_base64(sign_ed25519(*seed, content));
            continue;
        }
        const auto key = standard_key(secret);
        if (!key) return fail(Errc::invalid, "a secret is not whsec_ and base64");
        header += "v1," + to_base64(hmac_sha256(*key, content));
    }
    return header;
}

}  // namespace

std::vector<std::string_view> live_secrets(const model::StringMap& credentials, TimePoint now) {
    std::vector<std::string_view> secrets = {value_of(credentials, "secret")};
    const std::string_view previous = value_of(credentials, "previous_secret");
    if (previous.empty()) return secrets;
    const auto invalid_at = parse_rfc3339(value_of(credentials, "previous_secret_invalid_at"));
    if (!invalid_at || now <= *invalid_at) secrets.push_back(previous);
    return secrets;
}

std::optional<std::string> standard_key(std::string_view secret) {
    if (!secret.starts_with(kSecretPrefix) || secret.size() == kSecretPrefix.size()) return std::nullopt;
    return from_base64(secret.substr(kSecretPrefix.size()));
}

Result<std::string> signature_header(const WebhookSettings& settings, const model::StringMap& credentials,
                                     const model::Event& event, TimePoint time) {
    const std::vector<std::string_view> secrets = live_secrets(credentials, time);
    return settings.mode == Mode::standard ? standard_header(secrets, event, time)
                                           : plain_header(settings, secrets, event, time);
}

std::expected<void, TemplateTrouble> try_templates(const model::Template& content, const model::Template& header) {
    model::Event event{.id = EventId("evt_validation"), .topic = "validation.topic"};
    event.data = Bytes("{\"validation\":true}");
    const TimePoint time = from_unix_ms(1'700'000'000'000);
    const auto body = content.render(content_data(event, time), event.data.size() + model::kTemplateOutputExtraMax);
    if (!body) return std::unexpected(TemplateTrouble{.of_content = true, .text = body.error().text()});
    const auto value = rendered_header(header, header_data(event, time, {Bytes("sig_current"), Bytes("sig_previous")}));
    if (!value) return std::unexpected(TemplateTrouble{.of_content = false, .text = value.error().text()});
    return {};
}

}  // namespace outpost::webhook
