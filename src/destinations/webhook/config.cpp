#include "destinations/webhook/config.hpp"

#include "destinations/webhook/header_names.hpp"
#include "destinations/webhook/signature.hpp"
#include "net/http/client_proxy.hpp"
#include "net/http/message.hpp"

namespace outpost::webhook {
namespace {

std::string trimmed(std::string_view text) {
    static constexpr std::string_view kBlanks = " \t\r\n\v\f";
    const std::size_t start = text.find_first_not_of(kBlanks);
    if (start == std::string_view::npos) return {};
    return std::string(text.substr(start, text.find_last_not_of(kBlanks) + 1 - start));
}

std::string lower(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c ^ 0x20);
    return text;
}

std::string resolve_prefix(const RawSettings& raw, Mode mode) {
    if (!raw.header_prefix || raw.header_prefix->empty()) return mode == Mode::standard ? "webhook-" : "x-outpost-";
    return trimmed(*raw.header_prefix);
}

/// One of the four system headers, in the order in which they are checked.
struct SystemHeader {
    std::string_view label;
    std::string_view key;
    std::string_view variable;
    const RawSettings::Header& raw;
    std::optional<std::string>& resolved;
};

Result<void> resolve_header(const SystemHeader& header, const std::string& prefix, std::vector<std::string>& warnings) {
    if (header.raw.disable_default)
        warnings.push_back(
            fmt::format("DESTINATIONS_WEBHOOK_DISABLE_DEFAULT_{0}_HEADER is deprecated and will be removed "
                        "in a future version. Set DESTINATIONS_WEBHOOK_{0}_HEADER_NAME to an empty string "
                        "to disable the header instead.",
                        header.variable));
    if (!header.raw.name) {
        if (!header.raw.disable_default) header.resolved = fmt::format("{}{}", prefix, header.key);
        return {};
    }
    const std::string name = trimmed(*header.raw.name);
    if (name.empty()) return {};
    if (!is_choosable_name(name))
        return fail(Errc::invalid, fmt::format("invalid {} header name {:?}: must match ^[a-zA-Z0-9][a-zA-Z0-9_-]*$",
                                               header.label, name));
    if (is_reserved_name(name))
        return fail(Errc::invalid, fmt::format("invalid {} header name {:?}: reserved header", header.label, name));
    header.resolved = name;
    return {};
}

Result<void> resolve_headers(const RawSettings& raw, WebhookSettings& settings) {
    HeaderNames& names = settings.header_names;
    const std::array<SystemHeader, 4> headers = {
        {{"event ID", "event-id", "EVENT_ID", raw.event_id, names.event_id},
         {"signature", "signature", "SIGNATURE", raw.signature, names.signature},
         {"timestamp", "timestamp", "TIMESTAMP", raw.timestamp, names.timestamp},
         {"topic", "topic", "TOPIC", raw.topic, names.topic}}};
    for (const SystemHeader& header : headers)
        TRY_VOID(resolve_header(header, settings.header_prefix, settings.warnings));
    for (std::size_t first = 0; first < headers.size(); ++first) {
        for (std::size_t second = first + 1; second < headers.size(); ++second) {
            const auto& one = headers[first].resolved;
            const auto& other = headers[second].resolved;
            if (one && other && http::equal_ignoring_case(*one, *other))
                return fail(Errc::invalid,
                            fmt::format("{} and {} headers resolve to the same name {:?}; pin distinct names "
                                        "or disable one",
                                        headers[first].label, headers[second].label, lower(*one)));
        }
    }
    return {};
}

Result<model::Template> parse(std::string_view label, const std::string& text) {
    auto parsed = model::Template::parse(text);
    if (!parsed)
        return fail(parsed.error().code(), fmt::format("invalid {} {:?}: {}", label, text, parsed.error().text()));
    return parsed;
}

Result<void> resolve_signing(const RawSettings& raw, WebhookSettings& settings) {
    const std::string encoding = raw.signature_encoding.value_or("hex");
    const std::string algorithm = raw.signature_algorithm.value_or("hmac-sha256");
    const std::string content = raw.signature_content_template.value_or("{{.Body}}");
    const std::string header = raw.signature_header_template.value_or("v0={{.Signatures | join \",\"}}");
    const std::string secret = raw.signing_secret_template.value_or("whsec_{{.RandomHex}}");
    if (encoding.empty()) return fail(Errc::invalid, "signature encoding is required");
    if (algorithm.empty()) return fail(Errc::invalid, "signature algorithm is required");
    if (content.empty()) return fail(Errc::invalid, "signature content template is required");
    if (header.empty()) return fail(Errc::invalid, "signature header template is required");
    if (secret.empty()) return fail(Errc::invalid, "signing secret template is required");
    settings.encoding = encoding == "base64" ? Encoding::base64 : Encoding::hex;
    settings.algorithm = algorithm == "hmac-sha1" ? Algorithm::hmac_sha1 : Algorithm::hmac_sha256;
    TRY(settings.signature_content, parse("signature content template", content));
    TRY(settings.signature_header, parse("signature header template", header));
    TRY(settings.signing_secret, parse("signing secret template", secret));
    if (auto tried = try_templates(settings.signature_content, settings.signature_header); !tried) {
        const bool of_content = tried.error().of_content;
        return fail(Errc::invalid,
                    fmt::format("invalid signature {} template {:?}: {}", of_content ? "content" : "header",
                                of_content ? content : header, tried.error().text));
    }
    return {};
}

}  // namespace

Result<WebhookSettings> resolve_settings(const RawSettings& raw) {
    WebhookSettings settings;
    if (!raw.proxy_url.empty()) {
        auto proxy = http::parse_proxy_url(raw.proxy_url);
        if (!proxy) return fail(Errc::invalid, fmt::format("invalid proxy URL: {}", proxy.error().text()));
        settings.proxy = std::make_shared<const net::Proxy>(*std::move(proxy));
    }
    settings.mode = raw.mode == "standard" ? Mode::standard : Mode::plain;
    settings.header_prefix = resolve_prefix(raw, settings.mode);
    // The reference starts with such a prefix, and then every delivery fails.
    if (!settings.header_prefix.empty() && !is_legal_name(settings.header_prefix))
        return fail(Errc::invalid, fmt::format("DESTINATIONS_WEBHOOK_HEADER_PREFIX {:?} can't begin a header's name",
                                               settings.header_prefix));
    if (settings.mode == Mode::standard) {
        // Always sent; the variables for names and signatures are neither used nor checked (§3).
        settings.header_names = {.event_id = settings.header_prefix + "id",
                                 .signature = settings.header_prefix + "signature",
                                 .timestamp = settings.header_prefix + "timestamp"};
    } else {
        TRY_VOID(resolve_headers(raw, settings));
        TRY_VOID(resolve_signing(raw, settings));
    }
    settings.response_body_bytes_max = raw.max_response_body_bytes > 0
                                           ? static_cast<std::size_t>(raw.max_response_body_bytes)
                                           : kResponseBodyBytesUncapped;
    settings.include_millisecond_timestamp = raw.include_millisecond_timestamp;
    settings.user_agent = raw.user_agent.empty() ? "Outpost/" OUTPOST_VERSION : raw.user_agent;
    if (!is_legal_value(settings.user_agent))
        return fail(Errc::invalid, "HTTP_USER_AGENT: control characters can't be sent in a header");
    const std::string redirects = raw.redirects.value_or("strict");
    if (redirects != "strict" && redirects != "reference")
        return fail(Errc::invalid,
                    fmt::format("DESTINATIONS_REDIRECTS: {:?} is neither strict nor reference", redirects));
    settings.redirects = redirects == "reference" ? RedirectRules::reference : RedirectRules::strict;
    return settings;
}

}  // namespace outpost::webhook
