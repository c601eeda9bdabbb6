// The TLS settings of all outbound connections: verified, TLS >= 1.2 (design.md §6).
#pragma once

#include "base/result.hpp"

#include <boost/asio/ssl/context.hpp>

#include <string>

namespace outpost::tls {

/// A client context with the system's roots (SSL_CERT_FILE and SSL_CERT_DIR are honoured), plus `extra_ca_file` if not
/// empty. Verification of peer and host name is always on.
Result<boost::asio::ssl::context> make_client_context(const std::string& extra_ca_file = {});

}  // namespace outpost::tls
