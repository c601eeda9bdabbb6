#include "net/resolver/reply.hpp"

#include <ares.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace outpost::resolver {
namespace {

namespace ip = boost::asio::ip;

std::optional<ip::address> address_of(const ares_addrinfo_node& node) {
    if (node.ai_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, node.ai_addr, sizeof v4);
        return ip::address_v4(ntohl(v4.sin_addr.s_addr));
    }
    if (node.ai_family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, node.ai_addr, sizeof v6);
        ip::address_v6::bytes_type bytes;
        std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
        return ip::address_v6(bytes, v6.sin6_scope_id);
    }
    return std::nullopt;
}

/// c-ares reports a socket it could not open as a server that refused: ask the system whether it is our shortage.
bool out_of_descriptors() {
    const int probe = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (probe >= 0) {
        ::close(probe);
        return false;
    }
    return errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
}

}  // namespace

net::FailureKind classify_status(int status) {
    switch (status) {
        case ARES_ENOTFOUND:
        case ARES_ENODATA:
        case ARES_ENONAME:
        case ARES_EBADNAME: return net::FailureKind::dns_error;
        case ARES_ETIMEOUT: return net::FailureKind::timeout;
        case ARES_ECANCELLED:
        case ARES_EDESTRUCTION: return net::FailureKind::cancelled;
        case ARES_ENOMEM: return net::FailureKind::resources;
        default: return net::FailureKind::network_error;
    }
}

Reply to_reply(int status, const ares_addrinfo* result) {
    Reply reply;
    if (status != ARES_SUCCESS || result == nullptr) {
        reply.failure = classify_status(status);
        if (reply.failure == net::FailureKind::network_error && out_of_descriptors())
            reply.failure = net::FailureKind::resources;
        reply.detail = ares_strerror(status);
        return reply;
    }
    int ttl = std::numeric_limits<int>::max();
    for (const auto* cname = result->cnames; cname != nullptr; cname = cname->next) ttl = std::min(ttl, cname->ttl);
    for (const auto* node = result->nodes; node != nullptr; node = node->ai_next) {
        const auto address = address_of(*node);
        if (!address) continue;
        ttl = std::min(ttl, node->ai_ttl);
        if (reply.addresses.size() < kAddressesMax &&
            std::ranges::find(reply.addresses, *address) == reply.addresses.end())
            reply.addresses.push_back(*address);
    }
    if (reply.addresses.empty()) {
        reply.failure = net::FailureKind::dns_error;
        reply.detail = "the name has no address";
        return reply;
    }
    reply.ttl = std::chrono::seconds(std::max(ttl, 0));
    return reply;
}

}  // namespace outpost::resolver
