// Tokens for tenants, bare and inside a portal link (api.md §7.5–7.6).
#pragma once

#include "api/routes/call.hpp"
#include "base/clock.hpp"

namespace outpost::api {

struct TokenSettings {
    std::string secret;         ///< API_JWT_SECRET; empty: both routes answer 501 (decision A14)
    std::string deployment_id;  ///< DEPLOYMENT_ID
};

class TokenRoutes {
public:
    TokenRoutes(TokenSettings settings, const Clock& clock) : settings_(std::move(settings)), clock_(clock) {}

    Task<http::ServerResponse> token(Call call);
    /// The link begins with the address that the caller used: Host, and X-Forwarded-Proto when a proxy set it.
    Task<http::ServerResponse> portal(Call call);

private:
    std::string token_of(const TenantId& tenant) const;

    TokenSettings settings_;
    const Clock& clock_;
};

}  // namespace outpost::api
