// Asking Hookdeck whose token it is (destinations.md §4.2).
#pragma once

#include "destinations/hookdeck/token.hpp"
#include "net/http/client.hpp"

#include <expected>

namespace outpost::hookdeck {

inline constexpr MonotonicTime::duration kVerificationTimeout = std::chrono::seconds(10);
inline constexpr std::size_t kVerificationBodyBytesMax = 64 * 1024;

/// GET /2025-01-01/sources/<id>/managed/verify. @param api  DESTINATIONS_HOOKDECK_API_URL
http::ClientRequest verification_request(http::Url api, const Token& token, const std::string& user_agent);

/// The source's name out of a good answer: 200 with a JSON object that has a `name`, and RFC 3339 times in `created_at`
/// and `updated_at` if they are there.
Result<std::string> verified_name(const http::ClientResponse& response);

}  // namespace outpost::hookdeck
