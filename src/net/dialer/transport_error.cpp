#include "net/dialer/transport_error.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cerrno>

namespace outpost::net {
namespace {

FailureKind classify_errno(int code) {
    switch (code) {
        case ECONNREFUSED: return FailureKind::connection_refused;
        case ECONNRESET: return FailureKind::connection_reset;
        case ENETUNREACH: return FailureKind::network_unreachable;
        case EAFNOSUPPORT: return FailureKind::network_unreachable;  // a machine without IPv6
        case ETIMEDOUT: return FailureKind::timeout;
        case ECANCELED: return FailureKind::cancelled;
        case EMFILE:
        case ENFILE:
        case EADDRNOTAVAIL:
        case ENOBUFS:
        case ENOMEM: return FailureKind::resources;
        default: return FailureKind::network_error;
    }
}

}  // namespace

FailureKind classify(const boost::system::error_code& error) {
    if (error.category() == boost::system::system_category() || error.category() == boost::system::generic_category())
        return classify_errno(error.value());
    if (error.category() == boost::asio::error::get_ssl_category()) {
        const auto code = static_cast<unsigned long>(static_cast<unsigned>(error.value()));
        // The first bytes were no TLS record at all, as an HTTP answer is none.
        const bool no_tls = ERR_GET_LIB(code) == ERR_LIB_SSL && ERR_GET_REASON(code) == SSL_R_WRONG_VERSION_NUMBER;
        return no_tls ? FailureKind::network_error : FailureKind::tls_error;
    }
    return FailureKind::network_error;  // end of stream, a cut TLS stream, …
}

Failure to_transport_failure(const boost::system::error_code& error, std::string_view doing) {
    return {classify(error), fmt::format("{}: {}", doing, error.message())};
}

}  // namespace outpost::net
