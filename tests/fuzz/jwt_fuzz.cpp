// Tenant tokens (hard-cases T-67). First line "raw": the rest is a token, which nobody could have signed. Otherwise the
// lines are header and claims, and the token is signed with the right secret.
#include "api/auth/jwt.hpp"
#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/json.hpp"
#include "fuzz/fuzz.hpp"

namespace outpost::fuzz {

void jwt_fuzz(std::string_view input);

namespace {

constexpr std::string_view kSecret = "a secret that the input does not know";
constexpr TimePoint kNow = TimePoint(Milliseconds(1'767'323'045'678));

/// Whether the member is absent, or a number that `fits`.
bool allows(const json::object& claims, std::string_view name, bool (*fits)(double seconds, double limit)) {
    const json::value* limit = claims.if_contains(name);
    if (limit == nullptr) return true;
    return limit->is_number() && fits(static_cast<double>(unix_ms(kNow)) / 1000, limit->to_number<double>());
}

void check(std::string_view header, std::string_view claims, const std::string& subject) {
    const auto head = parse_json(header);
    ASSERT(head.has_value() && head->is_object());
    const json::value* algorithm = head->get_object().if_contains("alg");
    ASSERT(algorithm != nullptr && algorithm->is_string() && algorithm->get_string() == "HS256");
    const auto body = parse_json(claims);
    ASSERT(body.has_value() && body->is_object());
    const json::object& object = body->get_object();
    const json::value* issuer = object.if_contains("iss");
    ASSERT(issuer != nullptr && issuer->is_string() && issuer->get_string() == "outpost");
    ASSERT(allows(object, "exp", [](double now, double limit) { return now < limit; }));
    ASSERT(allows(object, "nbf", [](double now, double limit) { return now >= limit; }));
    const json::value* named = object.if_contains("sub");
    ASSERT(named == nullptr ? subject.empty() : named->is_string() && named->get_string() == subject);
}

}  // namespace

void jwt_fuzz(std::string_view bytes) {
    Input input(bytes);
    const std::string_view header = input.line();
    if (header == "raw") {
        ASSERT(!api::verify_token(input.rest(), kSecret, kNow).has_value());
        return;
    }
    const std::string_view claims = input.rest();
    const std::string signed_part = to_base64url(header) + '.' + to_base64url(claims);
    const std::string token = signed_part + '.' + to_base64url(hmac_sha256(kSecret, signed_part));
    const auto subject = api::verify_token(token, kSecret, kNow);
    if (subject) check(header, claims, *subject);
    ASSERT(!api::verify_token(token, "another secret", kNow).has_value());
    ASSERT(!api::verify_token(token, "", kNow).has_value());

    const std::string own =
        api::sign_token({.tenant = std::string(header), .issued = kNow, .deployment_id = {}}, kSecret);
    const auto owner = api::verify_token(own, kSecret, kNow);
    const auto read_back = parse_json(to_json(json::value(header)));
    ASSERT(read_back.has_value());
    ASSERT(own.size() > api::kTokenBytesMax || (owner.has_value() && *owner == read_back->get_string()));
}

}  // namespace outpost::fuzz
