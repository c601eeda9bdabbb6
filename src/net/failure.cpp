#include "net/failure.hpp"

namespace outpost::net {

std::string_view to_string(FailureKind kind) {
    switch (kind) {
        case FailureKind::dns_error: return "dns_error";
        case FailureKind::connection_refused: return "connection_refused";
        case FailureKind::connection_reset: return "connection_reset";
        case FailureKind::network_unreachable: return "network_unreachable";
        case FailureKind::timeout: return "timeout";
        case FailureKind::tls_error: return "tls_error";
        case FailureKind::redirect_error: return "redirect_error";
        case FailureKind::protocol_error: return "protocol_error";
        case FailureKind::blocked_address: return "blocked_address";
        case FailureKind::network_error: return "network_error";
        case FailureKind::cancelled: return "cancelled";
        case FailureKind::resources: return "resources";
        case FailureKind::proxy: return "proxy";
    }
    return "network_error";
}

bool is_ours(FailureKind kind) {
    return kind == FailureKind::cancelled || kind == FailureKind::resources || kind == FailureKind::proxy;
}

}  // namespace outpost::net
