#include "net/dialer/transport_error.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>

#include <gtest/gtest.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace outpost::net {
namespace {

struct Row {
    boost::system::error_code error;
    FailureKind kind;
};

boost::system::error_code system_code(int value) {
    return {value, boost::system::system_category()};
}

boost::system::error_code ssl_code(int reason) {
    return {static_cast<int>(ERR_PACK(ERR_LIB_SSL, 0, reason)), boost::asio::error::get_ssl_category()};
}

class TransportError : public testing::TestWithParam<Row> {};

TEST_P(TransportError, IsTypedByItsCode) {
    EXPECT_EQ(to_string(classify(GetParam().error)), to_string(GetParam().kind)) << GetParam().error.message();
}

INSTANTIATE_TEST_SUITE_P(
    Classes, TransportError,
    testing::Values(Row{system_code(ECONNREFUSED), FailureKind::connection_refused},
                    Row{system_code(ECONNRESET), FailureKind::connection_reset},
                    Row{system_code(ENETUNREACH), FailureKind::network_unreachable},
                    Row{system_code(EAFNOSUPPORT), FailureKind::network_unreachable},
                    Row{system_code(EHOSTUNREACH), FailureKind::network_error},
                    Row{system_code(EPIPE), FailureKind::network_error},
                    Row{system_code(ECONNABORTED), FailureKind::network_error},
                    Row{system_code(EACCES), FailureKind::network_error},
                    Row{system_code(ETIMEDOUT), FailureKind::timeout}, Row{system_code(EMFILE), FailureKind::resources},
                    Row{system_code(ENFILE), FailureKind::resources},
                    Row{system_code(EADDRNOTAVAIL), FailureKind::resources},
                    Row{system_code(ENOBUFS), FailureKind::resources}, Row{system_code(ENOMEM), FailureKind::resources},
                    Row{boost::asio::error::operation_aborted, FailureKind::cancelled},
                    Row{boost::system::errc::make_error_code(boost::system::errc::connection_refused),
                        FailureKind::connection_refused},
                    Row{boost::asio::error::eof, FailureKind::network_error},
                    Row{boost::asio::ssl::error::stream_truncated, FailureKind::network_error},
                    Row{ssl_code(SSL_R_CERTIFICATE_VERIFY_FAILED), FailureKind::tls_error},
                    Row{ssl_code(SSL_R_TLSV1_ALERT_PROTOCOL_VERSION), FailureKind::tls_error},
                    Row{ssl_code(SSL_R_WRONG_VERSION_NUMBER), FailureKind::network_error}));

}  // namespace
}  // namespace outpost::net
