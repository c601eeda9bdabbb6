// Requests through a forward proxy (destinations.md §2.10).
#pragma once

#include "base/result.hpp"
#include "net/dialer/proxy.hpp"
#include "net/http/client.hpp"

namespace outpost::http {

/// An operator's proxy: http:// or https://[user:password@]host:port, without a path. Its credentials become
/// Proxy-Authorization.
/// @return invalid; no text of it holds the URL, which may hold a password
Result<net::Proxy> parse_proxy_url(std::string_view text);

/// Whether the request goes to the proxy itself, which forwards it: not through a tunnel.
bool is_forwarded(const ClientRequest& request);

/// What a response to a forwarded request means when it is the proxy's own: 407 is our trouble (decision B11), Envoy's
/// flags say what happened to the target. nullopt: it is the target's, or can't be told from it.
std::optional<net::Failure> proxy_failure(const ClientResponse& response);

}  // namespace outpost::http
