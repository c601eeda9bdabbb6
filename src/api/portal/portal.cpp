#include "api/portal/portal.hpp"

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/json_writer.hpp"

namespace outpost::api {
namespace {

// A token in the address would reach histories, screenshots and referers (hard-cases T-75).
constexpr std::string_view kScript = "history.replaceState(null,'',location.pathname);";
constexpr std::string_view kStyle =
    "body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem;color:#1f2430;"
    "background:#fff}@media(prefers-color-scheme:dark){body{color:#e6e8ee;background:#15171c}}";
constexpr std::string_view kText =
    "<h1>The portal is not part of this version yet</h1><p>The tenant portal comes with a later version of "
    "Outpost.</p><p>Until then, everything it will show is available through the API.</p>";

std::string page() {
    return fmt::format(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
        "content=\"width=device-width,initial-scale=1\"><meta name=\"referrer\" content=\"no-referrer\">"
        "<title>Outpost</title><script>{}</script><style>{}</style></head><body><main>{}</main></body></html>",
        kScript, kStyle, kText);
}

std::string hash_source(std::string_view content) {
    return "'sha256-" + to_base64(sha256(content)) + "'";
}

/// "https://host:port" of an absolute URL; empty for anything else, also for one that would break the header.
std::string origin_of(std::string_view url) {
    if (!url.starts_with("https://") && !url.starts_with("http://")) return "";
    const std::size_t host = url.find("//") + 2;
    const std::string_view origin = url.substr(0, url.find_first_of("/?#\\", host));
    const bool plain = std::ranges::all_of(origin, [](char letter) {
        return letter > ' ' && letter < 127 && letter != ';' && letter != ',' && letter != '@';
    });
    return plain && origin.size() > host ? std::string(origin) : "";
}

/// Other sites may frame the page only when the operator named them as where the portal is opened from.
std::string content_security_policy(const PortalSettings& settings) {
    std::string policy = fmt::format(
        "default-src 'none'; script-src {}; style-src {}; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'",
        hash_source(kScript), hash_source(kStyle));
    for (const std::string& url : {settings.referer_url, settings.refresh_url}) {
        if (const std::string origin = origin_of(url); !origin.empty()) policy += ' ' + origin;
    }
    return policy;
}

std::string joined(const std::vector<std::string>& values) {
    std::string text;
    for (const std::string& value : values) {
        if (!text.empty()) text += ',';
        text += value;
    }
    return text;
}

std::string_view text_of(bool flag) {
    return flag ? "true" : "false";
}

}  // namespace

http::ServerResponse portal_config_response(const PortalSettings& settings, const model::TopicRules& topics) {
    http::ServerResponse response;
    // JsonWriter escapes < > & and U+2028/9, so the object is safe as script text too.
    response.body = "window.PORTAL_CONFIGS = ";
    JsonWriter out(response.body);
    out.begin_object();
    out.member("PROXY_URL", settings.proxy_url);
    out.member("REFERER_URL", settings.referer_url);
    out.member("REFRESH_URL", settings.refresh_url);
    out.member("FAVICON_URL", settings.favicon_url);
    out.member("BRAND_COLOR", settings.brand_color);
    out.member("LOGO", settings.logo);
    out.member("LOGO_DARK", settings.logo_dark);
    out.member("ORGANIZATION_NAME", settings.organization_name);
    out.member("FORCE_THEME", settings.force_theme);
    out.member("TOPICS", joined(topics.configured));
    out.member("TOPICS_ALLOW_WILDCARDS", text_of(topics.allow_wildcards));
    out.member("DISABLE_OUTPOST_BRANDING", text_of(settings.disable_outpost_branding));
    out.member("DISABLE_TELEMETRY", text_of(settings.disable_telemetry));
    out.member("ENABLE_DESTINATION_FILTER", text_of(settings.enable_destination_filter));
    out.member("ENABLE_WEBHOOK_CUSTOM_HEADERS", text_of(settings.enable_webhook_custom_headers));
    out.end_object();
    response.body += ';';
    response.headers = {{"Content-Type", "application/javascript"},
                        {"Cache-Control", "no-cache, no-store, must-revalidate"},
                        {"Pragma", "no-cache"},
                        {"Expires", "0"},
                        {"X-Content-Type-Options", "nosniff"}};
    return response;
}

http::ServerResponse portal_page_response(const PortalSettings& settings) {
    http::ServerResponse response;
    response.body = page();
    response.headers = {{"Content-Type", "text/html; charset=utf-8"},
                        {"Cache-Control", "no-cache"},
                        {"Content-Security-Policy", content_security_policy(settings)},
                        {"Referrer-Policy", "no-referrer"},
                        {"X-Content-Type-Options", "nosniff"}};
    return response;
}

}  // namespace outpost::api
