// The one place that opens outbound sockets to customers' addresses (destinations.md §15.4 rule 1).
#pragma once

#include "base/deadline.hpp"
#include "base/shards.hpp"
#include "base/task.hpp"
#include "net/dialer/proxy.hpp"
#include "net/failure.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <expected>
#include <memory>
#include <optional>
#include <variant>

namespace outpost::egress {
class Policy;
}
namespace outpost::resolver {
class Resolver;
}
namespace outpost::tls {
class SessionCache;
}

namespace outpost::net {

using TcpSocket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;
using TlsStream = boost::asio::ssl::stream<TcpSocket>;
/// TLS to a server, in a tunnel through a proxy that itself is spoken to over TLS.
using NestedTlsStream = boost::asio::ssl::stream<TlsStream>;
/// A connected byte stream, plain or TLS.
using Stream = std::variant<TcpSocket, std::unique_ptr<TlsStream>, std::unique_ptr<NestedTlsStream>>;

/// Upper bounds of the steps, under the caller's deadline (destinations.md §1.12).
inline constexpr MonotonicTime::duration kConnectTimeout = std::chrono::seconds(30);  // with the name's resolution
inline constexpr MonotonicTime::duration kHandshakeTimeout = std::chrono::seconds(10);

/// When the steps of a dial began, each ending where the next one, or the answer, begins; none: not begun.
struct DialSteps {
    std::optional<MonotonicTime> resolving;   ///< none for a literal address
    std::optional<MonotonicTime> connecting;  ///< through a proxy: to it
    std::optional<MonotonicTime> tunnelling;  ///< the proxy was reached and asked for the way on
    std::optional<MonotonicTime> shaking_hands;
};

struct DialRequest {
    std::string host;  ///< name or literal address, canonical (http::Url, egress::canonical_host)
    std::uint16_t port = 0;
    bool tls = false;
    std::string server_name;        ///< for SNI and the certificate check; empty = host
    std::string alpn = "http/1.1";  ///< empty = none
    DialSteps* steps = nullptr;     ///< filled in as it goes when given; must live until dial() returns
    /// Go through it: to its own end for plain requests, which it forwards; to the host by CONNECT for TLS. Shared:
    /// with all requests that go through it.
    std::shared_ptr<const Proxy> proxy = nullptr;
};

/// One a shard; used on that shard only.
class Dialer {
public:
    Dialer(resolver::Resolver& resolver, const egress::Policy& policy, boost::asio::ssl::context& tls, Clock& clock,
           Executor executor);

    /// Resolves, drops what the policy forbids, connects to what is left (happy eyeballs), verifies TLS. The address
    /// that was checked is the one connected to. TLS sessions are resumed per name and port.
    /// Through a proxy the policy judges the literal address or the well-known name that was asked for; other names are
    /// resolved by the proxy, whose rules must then keep them out of private networks (§15.4 rule 12).
    /// @return typed failure (destinations.md §2.9); blocked_address when answers existed and none is permitted: then
    ///         no connection was opened. `proxy` when it can't be reached, refuses us or hangs up. No text of it
    ///         reaches a tenant. Cancellation of the awaiting coroutine throws operation_aborted; whatever was open is
    ///         closed.
    Task<std::expected<Stream, Failure>> dial(DialRequest request, Deadline deadline);

private:
    Task<std::expected<Stream, Failure>> connect_through(DialRequest request, Deadline deadline);
    Task<std::expected<TcpSocket, Failure>> connect_to_proxy(DialRequest request, Deadline deadline);
    Task<std::expected<TcpSocket, Failure>> connect(std::string host, std::uint16_t port, DialSteps* steps,
                                                    Deadline deadline);
    Task<std::expected<Stream, Failure>> secure(Stream stream, DialRequest request, Deadline deadline);
    /// TLS over `next`, a socket or already a TLS stream.
    template <class Secured, class Next>
    Task<std::expected<Stream, Failure>> secure_over(Next next, DialRequest request, Deadline deadline);

    resolver::Resolver& resolver_;
    const egress::Policy& policy_;
    boost::asio::ssl::context& tls_;
    Clock& clock_;
    Executor executor_;
    std::shared_ptr<tls::SessionCache> sessions_;  // shared with connections, whose sessions may come later
};

}  // namespace outpost::net
