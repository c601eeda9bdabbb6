#include "net/dialer/dialer.hpp"

#include "base/log.hpp"
#include "base/with_deadline.hpp"
#include "net/dialer/connect.hpp"
#include "net/dialer/transport_error.hpp"
#include "net/egress/policy.hpp"
#include "net/resolver/resolver.hpp"
#include "net/tls/connection.hpp"

#include <boost/asio/redirect_error.hpp>

namespace outpost::net {
namespace {

namespace asio = boost::asio;
using Addresses = std::vector<asio::ip::address>;

template <class T>
using Outcome = std::expected<T, Failure>;

std::unexpected<Failure> failed(FailureKind kind, std::string detail) {
    return std::unexpected(Failure{kind, std::move(detail)});
}

/// `work` may answer in both ways of failing; the outer one becomes an inner one.
template <class T>
Outcome<T> flattened(Result<Outcome<T>> result, std::string_view doing) {
    if (result) return std::move(*result);
    const bool late = result.error().code() == Errc::timeout;
    return failed(late ? FailureKind::timeout : FailureKind::network_error,
                  fmt::format("{}: {}", doing, result.error().text()));
}

Task<Result<Outcome<TcpSocket>>> connect_any(Addresses addresses, std::uint16_t port, Clock& clock, Executor executor) {
    co_return Result<Outcome<TcpSocket>>(std::in_place,
                                         co_await connect_first(std::move(addresses), port, clock, executor));
}

/// The stream belongs to the caller, which waits for this to end.
Task<Result<Outcome<bool>>> shake_hands(TlsStream& stream) {
    boost::system::error_code error;
    co_await stream.async_handshake(asio::ssl::stream_base::client, asio::redirect_error(asio::use_awaitable, error));
    if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
    if (!error) co_return Outcome<bool>(true);
    co_return Outcome<bool>(std::unexpected(to_transport_failure(error, "TLS handshake")));
}

}  // namespace

Dialer::Dialer(resolver::Resolver& resolver, const egress::Policy& policy, asio::ssl::context& tls, Clock& clock,
               Executor executor)
    : resolver_(resolver),
      policy_(policy),
      tls_(tls),
      clock_(clock),
      executor_(std::move(executor)),
      sessions_(std::make_shared<tls::SessionCache>()) {}

Task<Outcome<Stream>> Dialer::dial(DialRequest request, Deadline deadline) {
    auto socket =
        co_await connect(request.host, request.port, deadline.or_earlier(clock_.monotonic() + kConnectTimeout));
    if (!socket) co_return std::unexpected(std::move(socket).error());
    if (!request.tls) co_return Stream(std::move(*socket));
    auto secured = co_await secure(std::move(*socket), std::move(request),
                                   deadline.or_earlier(clock_.monotonic() + kHandshakeTimeout));
    if (!secured) co_return std::unexpected(std::move(secured).error());
    co_return Stream(std::move(*secured));
}

Task<Outcome<TcpSocket>> Dialer::connect(std::string host, std::uint16_t port, Deadline deadline) {
    if (deadline.passed(clock_)) co_return failed(FailureKind::timeout, "the deadline passed before connecting");
    auto found = co_await resolver_.resolve(host, deadline);
    if (!found) co_return std::unexpected(std::move(found).error());
    std::erase_if(*found, [&](const auto& address) { return !policy_.permits(host, address); });
    if (found->empty()) {
        log::debug("egress.blocked", {{"host", host}});
        co_return failed(FailureKind::blocked_address, "the egress policy permits no address of the host");
    }
    auto connecting = connect_any(connection_order(*found), port, clock_, executor_);
    co_return flattened(co_await with_deadline(clock_, deadline, std::move(connecting)), "connecting");
}

Task<Outcome<std::unique_ptr<TlsStream>>> Dialer::secure(TcpSocket socket, DialRequest request, Deadline deadline) {
    tls::Peer peer;
    peer.name = request.server_name.empty() ? request.host : request.server_name;
    peer.session_key = fmt::format("{}:{}:{}", peer.name, request.port, request.alpn);
    peer.alpn = std::move(request.alpn);
    peer.sessions = sessions_;
    auto stream = std::make_unique<TlsStream>(std::move(socket), tls_);
    if (const auto prepared = tls::prepare(stream->native_handle(), peer); !prepared)
        co_return failed(FailureKind::tls_error, prepared.error().text());
    auto handshake = shake_hands(*stream);
    const auto done = flattened(co_await with_deadline(clock_, deadline, std::move(handshake)), "TLS handshake");
    if (!done) co_return std::unexpected(done.error());
    co_return std::move(stream);
}

}  // namespace outpost::net
