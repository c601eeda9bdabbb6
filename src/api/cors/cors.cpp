#include "api/cors/cors.hpp"

#include <algorithm>

namespace outpost::api {
namespace {

constexpr std::string_view kAny = "*";
constexpr std::string_view kAllowOrigin = "Access-Control-Allow-Origin";
/// What a page may send beyond the plainest fields. Idempotency-Key: not read here (decision A11), but commonly sent.
constexpr std::string_view kRequestFields =
    "Authorization, Content-Type, Idempotency-Key, X-Request-Id, traceparent, tracestate";
/// What a page may read of a response beyond the plainest fields.
constexpr std::string_view kExposedFields =
    "X-Request-Id, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset";

std::unexpected<Error> not_an_origin(std::string_view entry) {
    return fail(
        Errc::invalid,
        fmt::format("{:?} is not an origin: scheme://host[:port] is expected, without a path, or * alone", entry));
}

bool is_scheme(std::string_view text) {
    return !text.empty() && text.front() >= 'a' && text.front() <= 'z' && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
    });
}

/// A name or an address, IPv6 in brackets.
bool is_host(std::string_view text) {
    const bool in_brackets = text.starts_with('[') && text.ends_with(']');
    if (in_brackets) text = text.substr(1, text.size() - 2);
    return !text.empty() && std::ranges::all_of(text, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
               (in_brackets ? c == ':' : c == '-' || c == '_');
    });
}

bool is_port(std::string_view text) {
    constexpr std::size_t kDigitsMax = 5;
    return !text.empty() && text.size() <= kDigitsMax && text.front() != '0' &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }) &&
           std::stoul(std::string(text)) <= 65'535;
}

/// As a browser writes it in the field Origin: lower case, without a port that goes without saying.
Result<std::string> canonical_origin(std::string_view entry) {
    std::string text(entry);
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c ^ 0x20);
    const std::size_t mark = text.find("://");
    if (mark == std::string::npos || !is_scheme(std::string_view(text).substr(0, mark))) return not_an_origin(entry);
    const std::string_view scheme = std::string_view(text).substr(0, mark);
    const std::string_view authority = std::string_view(text).substr(mark + 3);
    const std::size_t bracket = authority.find(']');
    const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    if (!is_host(authority.substr(0, colon))) return not_an_origin(entry);
    if (colon == std::string_view::npos) return text;
    const std::string_view port = authority.substr(colon + 1);
    if (!is_port(port)) return not_an_origin(entry);
    const bool implied = (scheme == "http" && port == "80") || (scheme == "https" && port == "443");
    return implied ? text.substr(0, mark + 3 + colon) : text;
}

}  // namespace

Result<Cors> Cors::make(const std::vector<std::string>& origins) {
    Cors cors;
    for (const std::string& entry : origins) {
        if (entry == kAny && origins.size() == 1) {
            cors.any_ = true;
            return cors;
        }
        TRY(auto origin, canonical_origin(entry));
        cors.origins_.push_back(std::move(origin));
    }
    return cors;
}

bool Cors::allows(std::optional<std::string_view> origin) const {
    return origin && (any_ || std::ranges::find(origins_, *origin) != origins_.end());
}

void Cors::mark(std::optional<std::string_view> origin, http::Headers& response) const {
    if (!enabled()) return;
    // Also where nothing is allowed: a cache must not give that answer to a page that may read it.
    if (!any_) response.add("Vary", "Origin");
    if (!allows(origin)) return;
    response.add(std::string(kAllowOrigin), std::string(any_ ? kAny : *origin));
    response.add("Access-Control-Expose-Headers", std::string(kExposedFields));
}

std::optional<http::ServerResponse> Cors::preflight(const http::ServerRequest& request,
                                                    std::span<const std::string_view> methods) const {
    const bool asks = request.method == "OPTIONS" && request.headers.find("Access-Control-Request-Method");
    if (!asks || methods.empty() || !allows(request.headers.find("Origin"))) return std::nullopt;
    http::ServerResponse response;
    response.status = 204;
    response.headers.add("Access-Control-Allow-Methods", fmt::format("{}", fmt::join(methods, ", ")));
    response.headers.add("Access-Control-Allow-Headers", std::string(kRequestFields));
    response.headers.add("Access-Control-Max-Age", std::string(kCorsMaxAgeSeconds));
    return response;
}

}  // namespace outpost::api
