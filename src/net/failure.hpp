// Why a conversation with a customer's server failed: typed, never read from a text (destinations.md §2.9, §16 no. 13).
#pragma once

#include <string>
#include <string_view>

namespace outpost::net {

/// The code an attempt gets (destinations.md §1.10).
enum class FailureKind {
    dns_error,  ///< the name does not exist
    connection_refused,
    connection_reset,
    network_unreachable,
    timeout,    ///< the deadline, whatever it cut off
    tls_error,  ///< handshake or certificate
    redirect_error,
    protocol_error,   ///< a proxy says that the upstream broke the protocol
    blocked_address,  ///< the egress policy forbids it; no connection was opened (decision B20)
    network_error,    ///< every other transport error
    cancelled,        ///< we stopped; not the customer's failure
    resources,        ///< ours: out of descriptors or ports (decision B11); not the customer's failure
    proxy,            ///< ours: the forward proxy failed (destinations.md §2.10); not the customer's failure
};

struct Failure {
    FailureKind kind = FailureKind::network_error;
    std::string detail;  ///< for the operator's log only; never shown to tenants
};

/// "dns_error", "connection_refused", …
std::string_view to_string(FailureKind kind);
/// Whether it is our own trouble, which spends no attempt (decision B11).
bool is_ours(FailureKind kind);

}  // namespace outpost::net
