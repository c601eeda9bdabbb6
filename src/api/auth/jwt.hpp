// Tenant tokens: JWTs signed with HS256, and nothing else (api.md §2.2, decision A14, hard-cases T-67).
#pragma once

#include "base/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace outpost::api {

inline constexpr std::chrono::seconds kTokenLifetime = std::chrono::hours(24);
inline constexpr std::size_t kTokenBytesMax = 8 * 1024;

struct TokenClaims {
    std::string tenant;         ///< sub
    TimePoint issued;           ///< iat; exp is kTokenLifetime later
    std::string deployment_id;  ///< left out when empty
};

/// @param secret  not empty
std::string sign_token(const TokenClaims& claims, std::string_view secret);

/// The subject of a token that holds at `now`; it may be empty. Checked: three parts, `alg` exactly HS256, the
/// signature, `iss` = outpost, `exp` and `nbf` where present (no leeway), `sub` a string where present, no claim twice.
/// nullopt for everything else, and always with an empty secret.
std::optional<std::string> verify_token(std::string_view token, std::string_view secret, TimePoint now);

}  // namespace outpost::api
