#include "api/auth/jwt.hpp"

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/json.hpp"
#include "base/json_writer.hpp"
#include "manage/input/raw_object.hpp"

#include <set>

namespace outpost::api {
namespace {

constexpr std::string_view kIssuer = "outpost";
constexpr std::string_view kHeader = R"({"alg":"HS256","typ":"JWT"})";

/// A JSON object that says nothing twice: two parsers may read a repeated claim differently.
std::optional<json::object> parse_strict_object(std::string_view text) {
    const auto raw = manage::RawObject::parse(text);
    if (!raw) return std::nullopt;
    std::set<std::string_view> names;
    for (const manage::RawMember& member : raw->members()) {
        if (!names.insert(member.name).second) return std::nullopt;
    }
    auto value = parse_json(text);
    if (!value || !value->is_object()) return std::nullopt;
    return std::move(value->get_object());
}

std::optional<json::object> parse_part(std::string_view part) {
    const auto decoded = from_base64url(part);
    return decoded ? parse_strict_object(*decoded) : std::nullopt;
}

/// Seconds since 1970; fractions are allowed (RFC 7519 NumericDate). nullopt for another kind.
std::optional<double> numeric_date(const json::value& value) {
    if (value.is_int64()) return static_cast<double>(value.get_int64());
    if (value.is_uint64()) return static_cast<double>(value.get_uint64());
    if (value.is_double()) return value.get_double();
    return std::nullopt;
}

bool is_text(const json::value* value, std::string_view expected) {
    return value != nullptr && value->is_string() && value->get_string() == expected;
}

/// Whether exp and nbf, where present, allow `now`.
bool holds_at(const json::object& claims, TimePoint now) {
    const double seconds = static_cast<double>(unix_ms(now)) / 1000;
    if (const json::value* expires = claims.if_contains("exp")) {
        const auto at = numeric_date(*expires);
        if (!at || seconds >= *at) return false;
    }
    if (const json::value* not_before = claims.if_contains("nbf")) {
        const auto at = numeric_date(*not_before);
        if (!at || seconds < *at) return false;
    }
    return true;
}

}  // namespace

std::string sign_token(const TokenClaims& claims, std::string_view secret) {
    ASSERT(!secret.empty());
    std::string payload;
    JsonWriter out(payload);
    out.begin_object();
    out.member("iss", kIssuer);
    out.member("sub", claims.tenant);
    out.member("iat", unix_seconds(claims.issued));
    out.member("exp", unix_seconds(claims.issued) + kTokenLifetime.count());
    if (!claims.deployment_id.empty()) out.member("deployment_id", claims.deployment_id);
    out.end_object();
    const std::string signed_part = to_base64url(kHeader) + '.' + to_base64url(payload);
    return signed_part + '.' + to_base64url(hmac_sha256(secret, signed_part));
}

std::optional<std::string> verify_token(std::string_view token, std::string_view secret, TimePoint now) {
    if (secret.empty() || token.size() > kTokenBytesMax) return std::nullopt;
    const std::size_t first = token.find('.');
    const std::size_t second = token.find('.', first == std::string_view::npos ? first : first + 1);
    if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) return std::nullopt;
    const auto signature = from_base64url(token.substr(second + 1));
    if (!signature || !equal_constant_time(*signature, hmac_sha256(secret, token.substr(0, second)))) {
        return std::nullopt;
    }
    const auto header = parse_part(token.substr(0, first));
    if (!header || !is_text(header->if_contains("alg"), "HS256") || header->contains("crit")) return std::nullopt;
    const auto claims = parse_part(token.substr(first + 1, second - first - 1));
    if (!claims || !is_text(claims->if_contains("iss"), kIssuer) || !holds_at(*claims, now)) return std::nullopt;
    const json::value* subject = claims->if_contains("sub");
    if (subject == nullptr) return "";
    if (!subject->is_string()) return std::nullopt;
    return std::string(subject->get_string());
}

}  // namespace outpost::api
