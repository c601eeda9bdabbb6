// A forward proxy between us and customers' servers (destinations.md §2.10, §15.4 rule 12).
#pragma once

#include "net/failure.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace outpost::net {

/// Set by the operator, so the egress policy does not judge its address. Immutable once in use.
struct Proxy {
    std::string host;  ///< canonical name or literal
    std::uint16_t port = 0;
    bool tls = false;           ///< spoken to over TLS, verified as everybody is
    std::string authorization;  ///< value of Proxy-Authorization; empty = none. A secret: never logged
};

/// Where Envoy says what went wrong between it and the target.
inline constexpr std::string_view kEnvoyFlagsHeader = "x-envoy-response-flags";

/// The failure that an Envoy flag stands for; nullopt for none ("" or "-").
std::optional<FailureKind> failure_of_envoy_flag(std::string_view flag);

/// Whether a proxy answers so about itself: it wants other credentials of us, or forbids us to use it. Then no customer
/// is at fault (decision B11).
bool is_refusal_of_us(int status);

}  // namespace outpost::net
