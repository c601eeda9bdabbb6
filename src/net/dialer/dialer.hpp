// The one place that opens outbound sockets to customers' addresses (destinations.md §15.4 rule 1).
#pragma once

#include "base/deadline.hpp"
#include "base/shards.hpp"
#include "base/task.hpp"
#include "net/failure.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <expected>
#include <memory>
#include <variant>

namespace outpost::egress {
class Policy;
}
namespace outpost::resolver {
class Resolver;
}

namespace outpost::net {

using TcpSocket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;
using TlsStream = boost::asio::ssl::stream<TcpSocket>;
/// A connected byte stream, plain or TLS.
using Stream = std::variant<TcpSocket, std::unique_ptr<TlsStream>>;

struct DialRequest {
    std::string host;  ///< name or literal address, canonical (http::Url)
    std::uint16_t port = 0;
    bool tls = false;
    std::string server_name;        ///< for SNI and the certificate check; empty = host
    std::string alpn = "http/1.1";  ///< empty = none
};

/// One a shard; used on that shard only.
class Dialer {
public:
    Dialer(resolver::Resolver& resolver, const egress::Policy& policy, boost::asio::ssl::context& tls, Clock& clock,
           Executor executor);

    /// Resolves, drops what the policy forbids, connects to what is left (happy eyeballs), verifies TLS. The address
    /// that was checked is the one connected to. @return typed failure; no text of it reaches a tenant
    Task<std::expected<Stream, Failure>> dial(DialRequest request, Deadline deadline);

private:
    resolver::Resolver& resolver_;
    const egress::Policy& policy_;
    boost::asio::ssl::context& tls_;
    Clock& clock_;
    Executor executor_;
};

}  // namespace outpost::net
