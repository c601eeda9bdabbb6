// The TLS settings of all outbound connections: verified, TLS >= 1.2 (design.md §6).
#pragma once

#include "base/result.hpp"

#include <boost/asio/ssl/context.hpp>

#include <string>

namespace outpost::tls {

/// A client context with the system's roots (SSL_CERT_FILE and SSL_CERT_DIR are honoured), plus `extra_ca_file` (PEM)
/// if not empty. Verification of the peer is always on; the name is set per connection by tls::prepare(). Sessions are
/// given to the connection's SessionCache, if it has one. Any thread, once made.
/// @return invalid naming `extra_ca_file` when it holds no certificate
Result<boost::asio::ssl::context> make_client_context(const std::string& extra_ca_file = {});

}  // namespace outpost::tls
