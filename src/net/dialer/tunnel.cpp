#include "net/dialer/tunnel.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>

#include <array>
#include <charconv>

namespace outpost::net {
namespace {

namespace asio = boost::asio;

constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr std::size_t kReadBytes = 1024;

std::unexpected<Failure> failed(FailureKind kind, std::string detail) {
    return std::unexpected(Failure{kind, std::move(detail)});
}

/// The number in "HTTP/1.x NNN …".
std::optional<int> status_of(std::string_view head) {
    constexpr std::string_view start = "HTTP/1.";
    constexpr std::size_t status_at = start.size() + 2;
    if (!head.starts_with(start) || head.size() < status_at + 3 || head[status_at - 1] != ' ') return std::nullopt;
    int status = 0;
    const char* const begin = head.data() + status_at;
    const auto [end, error] = std::from_chars(begin, begin + 3, status);
    if (error != std::errc() || end != begin + 3) return std::nullopt;
    return status;
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

/// The value of a field; names are compared without case.
std::string_view field(std::string_view head, std::string_view name) {
    for (std::size_t line = head.find("\r\n"); line != std::string_view::npos; line = head.find("\r\n", line + 2)) {
        const std::string_view rest = head.substr(line + 2);
        if (rest.size() <= name.size() || rest[name.size()] != ':') continue;
        if (!std::ranges::equal(rest.substr(0, name.size()), name, {}, lower, lower)) continue;
        return rest.substr(name.size() + 1, rest.find("\r\n") - name.size() - 1);
    }
    return {};
}

Failure trouble(const boost::system::error_code& error) {
    if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
    return {FailureKind::proxy, "CONNECT: " + error.message()};
}

}  // namespace

std::string tunnel_request(std::string_view authority, const Proxy& proxy) {
    std::string request = fmt::format("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n", authority);
    if (!proxy.authorization.empty()) request += fmt::format("Proxy-Authorization: {}\r\n", proxy.authorization);
    return request + "\r\n";
}

std::expected<void, Failure> judge_tunnel_reply(std::string_view head) {
    const auto status = status_of(head);
    if (!status) return failed(FailureKind::proxy, "the proxy does not speak HTTP");
    if (*status == 200) return {};
    const std::string detail = fmt::format("the proxy answered CONNECT with {}", *status);
    if (is_refusal_of_us(*status)) return failed(FailureKind::proxy, detail);
    return failed(failure_of_envoy_flag(field(head, kEnvoyFlagsHeader)).value_or(FailureKind::connection_refused),
                  detail);
}

namespace {

template <class Transport>
Task<std::expected<void, Failure>> ask(Transport* transport, std::string authority,
                                       std::shared_ptr<const Proxy> proxy) {
    boost::system::error_code error;
    const std::string request = tunnel_request(authority, *proxy);
    co_await asio::async_write(*transport, asio::buffer(request), asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return std::unexpected(trouble(error));
    std::string reply;
    while (true) {
        const std::size_t end = reply.find(kHeadEnd);
        if (end != std::string::npos) {
            const auto judged = judge_tunnel_reply(std::string_view(reply).substr(0, end + kHeadEnd.size()));
            // A TLS server waits for our first word: whatever is here already, it did not send.
            if (judged && reply.size() > end + kHeadEnd.size())
                co_return failed(FailureKind::proxy, "bytes followed the proxy's reply to CONNECT");
            co_return judged;
        }
        if (reply.size() > kTunnelReplyBytesMax)
            co_return failed(FailureKind::proxy, "the proxy's reply to CONNECT does not end");
        std::array<char, kReadBytes> bytes;
        const std::size_t came =
            co_await transport->async_read_some(asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, error));
        reply.append(bytes.data(), came);
        if (error) co_return std::unexpected(trouble(error));
    }
}

}  // namespace

Task<std::expected<void, Failure>> open_tunnel(Stream* stream, std::string authority,
                                               std::shared_ptr<const Proxy> proxy) {
    if (auto* const socket = std::get_if<TcpSocket>(stream)) return ask(socket, std::move(authority), std::move(proxy));
    return ask(std::get<std::unique_ptr<TlsStream>>(*stream).get(), std::move(authority), std::move(proxy));
}

}  // namespace outpost::net
