#include "net/dialer/dialer.hpp"

#include "base/log.hpp"
#include "base/with_deadline.hpp"
#include "net/dialer/connect.hpp"
#include "net/dialer/tunnel.hpp"
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

void note(DialSteps* steps, std::optional<MonotonicTime> DialSteps::* step, const Clock& clock) {
    if (steps != nullptr) steps->*step = clock.monotonic();
}

bool is_literal(const std::string& host) {
    boost::system::error_code error;
    asio::ip::make_address(host, error);
    return !error;
}

Task<Result<Outcome<TcpSocket>>> connect_any(Addresses addresses, std::uint16_t port, Clock& clock, Executor executor) {
    co_return Result<Outcome<TcpSocket>>(std::in_place,
                                         co_await connect_first(std::move(addresses), port, clock, executor));
}

/// The stream belongs to the caller, which waits for this to end.
template <class Secured>
Task<Result<Outcome<bool>>> shake_hands(Secured& stream) {
    boost::system::error_code error;
    co_await stream.async_handshake(asio::ssl::stream_base::client, asio::redirect_error(asio::use_awaitable, error));
    if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
    if (!error) co_return Outcome<bool>(true);
    co_return Outcome<bool>(std::unexpected(to_transport_failure(error, "TLS handshake")));
}

Task<Result<Outcome<bool>>> tunnel(Stream* stream, std::string authority, std::shared_ptr<const Proxy> proxy) {
    const auto opened = co_await open_tunnel(stream, std::move(authority), std::move(proxy));
    if (!opened) co_return Outcome<bool>(std::unexpected(opened.error()));
    co_return Outcome<bool>(true);
}

std::string authority_of(const DialRequest& request) {
    return request.host.contains(':') ? fmt::format("[{}]:{}", request.host, request.port)
                                      : fmt::format("{}:{}", request.host, request.port);
}

/// Whatever goes wrong on the way to the proxy is ours, time that runs out included (decision B11).
Failure on_the_way(Failure failure) {
    if (!is_ours(failure.kind)) failure.kind = FailureKind::proxy;
    failure.detail = "the proxy can't be reached: " + failure.detail;
    return failure;
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
    const Deadline connected_by = deadline.or_earlier(clock_.monotonic() + kConnectTimeout);
    if (request.proxy) {
        auto way = co_await connect_through(request, connected_by);
        if (!way || !request.tls) co_return std::move(way);
        co_return co_await secure(std::move(*way), std::move(request), deadline);
    }
    auto socket = co_await connect(request.host, request.port, request.steps, connected_by);
    if (!socket) co_return std::unexpected(std::move(socket).error());
    if (!request.tls) co_return Stream(std::move(*socket));
    co_return co_await secure(Stream(std::move(*socket)), std::move(request), deadline);
}

Task<Outcome<Stream>> Dialer::connect_through(DialRequest request, Deadline deadline) {
    if (!policy_.plausible(request.host)) {
        log::debug("egress.blocked", {{"host", request.host}});
        co_return failed(FailureKind::blocked_address, "the egress policy does not permit the host");
    }
    auto socket = co_await connect_to_proxy(request, deadline);
    if (!socket) co_return std::unexpected(std::move(socket).error());
    Stream way(std::move(*socket));
    if (request.proxy->tls) {
        DialRequest hop;
        hop.host = request.proxy->host;
        hop.port = request.proxy->port;
        auto secured = co_await secure(std::move(way), std::move(hop), deadline);
        if (!secured) co_return std::unexpected(on_the_way(std::move(secured).error()));
        way = std::move(*secured);
    }
    if (!request.tls) co_return std::move(way);
    note(request.steps, &DialSteps::tunnelling, clock_);
    auto opening = tunnel(&way, authority_of(request), request.proxy);
    const auto opened = flattened(co_await with_deadline(clock_, deadline, std::move(opening)), "CONNECT");
    if (!opened) co_return std::unexpected(opened.error());
    co_return std::move(way);
}

Task<Outcome<TcpSocket>> Dialer::connect_to_proxy(DialRequest request, Deadline deadline) {
    if (deadline.passed(clock_)) co_return failed(FailureKind::timeout, "the deadline passed before connecting");
    const Proxy& proxy = *request.proxy;
    if (!is_literal(proxy.host)) note(request.steps, &DialSteps::resolving, clock_);
    auto found = co_await resolver_.resolve(proxy.host, deadline);
    if (!found) co_return std::unexpected(on_the_way(std::move(found).error()));
    note(request.steps, &DialSteps::connecting, clock_);
    auto connecting = connect_any(connection_order(*found), proxy.port, clock_, executor_);
    auto socket = flattened(co_await with_deadline(clock_, deadline, std::move(connecting)), "connecting");
    if (!socket) co_return std::unexpected(on_the_way(std::move(socket).error()));
    co_return std::move(socket);
}

Task<Outcome<TcpSocket>> Dialer::connect(std::string host, std::uint16_t port, DialSteps* steps, Deadline deadline) {
    if (deadline.passed(clock_)) co_return failed(FailureKind::timeout, "the deadline passed before connecting");
    if (steps != nullptr && !is_literal(host)) note(steps, &DialSteps::resolving, clock_);
    auto found = co_await resolver_.resolve(host, deadline);
    if (!found) co_return std::unexpected(std::move(found).error());
    std::erase_if(*found, [&](const auto& address) { return !policy_.permits(host, address); });
    if (found->empty()) {
        log::debug("egress.blocked", {{"host", host}});
        co_return failed(FailureKind::blocked_address, "the egress policy permits no address of the host");
    }
    note(steps, &DialSteps::connecting, clock_);
    auto connecting = connect_any(connection_order(*found), port, clock_, executor_);
    co_return flattened(co_await with_deadline(clock_, deadline, std::move(connecting)), "connecting");
}

Task<Outcome<Stream>> Dialer::secure(Stream stream, DialRequest request, Deadline deadline) {
    const Deadline by = deadline.or_earlier(clock_.monotonic() + kHandshakeTimeout);
    if (auto* const socket = std::get_if<TcpSocket>(&stream))
        co_return co_await secure_over<TlsStream>(std::move(*socket), std::move(request), by);
    auto outer = std::move(*std::get<std::unique_ptr<TlsStream>>(stream));
    co_return co_await secure_over<NestedTlsStream>(std::move(outer), std::move(request), by);
}

template <class Secured, class Next>
Task<Outcome<Stream>> Dialer::secure_over(Next next, DialRequest request, Deadline deadline) {
    note(request.steps, &DialSteps::shaking_hands, clock_);
    tls::Peer peer;
    peer.name = request.server_name.empty() ? request.host : request.server_name;
    peer.session_key = fmt::format("{}:{}:{}", peer.name, request.port, request.alpn);
    peer.alpn = std::move(request.alpn);
    peer.sessions = sessions_;
    auto stream = std::make_unique<Secured>(std::move(next), tls_);
    if (const auto prepared = tls::prepare(stream->native_handle(), peer); !prepared)
        co_return failed(FailureKind::tls_error, prepared.error().text());
    auto handshake = shake_hands(*stream);
    const auto done = flattened(co_await with_deadline(clock_, deadline, std::move(handshake)), "TLS handshake");
    if (!done) co_return std::unexpected(done.error());
    co_return Stream(std::move(stream));
}

}  // namespace outpost::net
