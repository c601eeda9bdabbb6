#include "net/tls/context.hpp"

#include "net/tls/connection.hpp"

#include <openssl/ssl.h>

namespace outpost::tls {

namespace ssl = boost::asio::ssl;

Result<ssl::context> make_client_context(const std::string& extra_ca_file) {
    ssl::context context(ssl::context::tls_client);
    SSL_CTX* native = context.native_handle();
    boost::system::error_code error;
    context.set_verify_mode(ssl::verify_peer, error);
    if (error || SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION) != 1)
        return fail(Errc::internal, "tls: the context can't be set up");
    SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(native, &take_new_session);
    context.set_default_verify_paths(error);
    if (error) return fail(Errc::unavailable, "tls: the system's certificate authorities can't be read");
    if (extra_ca_file.empty()) return context;
    context.load_verify_file(extra_ca_file, error);
    if (error)
        return fail(Errc::invalid,
                    fmt::format("tls: no certificate can be read from {}: {}", extra_ca_file, error.message()));
    return context;
}

}  // namespace outpost::tls
