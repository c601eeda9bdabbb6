// A way through a forward proxy to a server, by CONNECT (RFC 9110 §9.3.6; destinations.md §2.10). Private to the
// dialer.
#pragma once

#include "net/dialer/dialer.hpp"
#include "net/dialer/proxy.hpp"

namespace outpost::net {

inline constexpr std::size_t kTunnelReplyBytesMax = 16 * 1024;

/// What is written to the proxy. @param authority  "host:port", IPv6 in brackets
std::string tunnel_request(std::string_view authority, const Proxy& proxy);

/// What the head of a proxy's reply means, blank line included.
/// @return proxy when it refuses us or does not speak HTTP; otherwise, when it can't reach the target, Envoy's word for
/// it, or connection_refused
std::expected<void, Failure> judge_tunnel_reply(std::string_view head);

/// Asks the proxy at the other end of `stream`, which lives until this returns, for a way to `authority`. Without a
/// deadline of its own.
/// @return as judge_tunnel_reply(); proxy also when the connection ends before the reply does, or when bytes follow it
Task<std::expected<void, Failure>> open_tunnel(Stream* stream, std::string authority,
                                               std::shared_ptr<const Proxy> proxy);

}  // namespace outpost::net
