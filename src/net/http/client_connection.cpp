#include "net/http/client_connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace outpost::http {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kReadBytes = 16 * 1024;
constexpr std::size_t kIdleBufferBytesMax = 4 * 1024;
/// The content of one TLS record; below it one copy saves a record and a system call.
constexpr std::size_t kOneRecordBytes = 16 * 1024;

/// The bytes of both that the socket takes at once: with the error, if it is not just full.
std::size_t send_now(int socket, std::string_view head, std::string_view body, boost::system::error_code& error) {
    iovec parts[2] = {{const_cast<char*>(head.data()), head.size()}, {const_cast<char*>(body.data()), body.size()}};
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = body.empty() ? 1 : 2;
    const ssize_t sent = ::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) return static_cast<std::size_t>(sent);
    if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
        error.assign(errno, boost::system::system_category());
    return 0;
}

/// Whether something came that nobody has read.
bool holds_bytes(SSL* tls) {
    return SSL_pending(tls) > 0 || BIO_ctrl_pending(SSL_get_rbio(tls)) > 0;
}

}  // namespace

net::TcpSocket& Connection::socket() {
    if (auto* plain = std::get_if<net::TcpSocket>(&stream_)) return *plain;
    if (auto* encrypted = std::get_if<std::unique_ptr<net::TlsStream>>(&stream_)) return (*encrypted)->next_layer();
    return std::get<std::unique_ptr<net::NestedTlsStream>>(stream_)->next_layer().next_layer();
}

Task<Connection::error_code> Connection::write(std::string_view head, std::string_view body) {
    error_code error;
    if (std::holds_alternative<net::TcpSocket>(stream_)) {
        const std::size_t sent = send_now(socket().native_handle(), head, body, error);
        if (error || sent == head.size() + body.size()) co_return error;
        const std::size_t of_head = std::min(sent, head.size());
        head.remove_prefix(of_head);
        body.remove_prefix(sent - of_head);
        co_return co_await write_rest(head, body);
    }
    if (body.empty() || head.size() + body.size() > kOneRecordBytes) co_return co_await write_rest(head, body);
    std::string joined;
    joined.reserve(head.size() + body.size());
    joined.append(head).append(body);
    co_return co_await write_rest(joined, {});
}

Task<Connection::error_code> Connection::write_rest(std::string_view head, std::string_view body) {
    error_code error;
    const std::array<asio::const_buffer, 2> parts = {asio::buffer(head), asio::buffer(body)};
    if (auto* plain = std::get_if<net::TcpSocket>(&stream_))
        co_await asio::async_write(*plain, parts, asio::redirect_error(asio::use_awaitable, error));
    else if (auto* encrypted = std::get_if<std::unique_ptr<net::TlsStream>>(&stream_))
        co_await asio::async_write(**encrypted, parts, asio::redirect_error(asio::use_awaitable, error));
    else
        co_await asio::async_write(*std::get<std::unique_ptr<net::NestedTlsStream>>(stream_), parts,
                                   asio::redirect_error(asio::use_awaitable, error));
    co_return error;
}

Task<Connection::error_code> Connection::read_some() {
    error_code error;
    std::size_t came = 0;
    const auto space = buffer_.prepare(std::exchange(next_read_bytes_, kReadBytes));
    if (auto* plain = std::get_if<net::TcpSocket>(&stream_))
        came = co_await plain->async_read_some(space, asio::redirect_error(asio::use_awaitable, error));
    else if (auto* encrypted = std::get_if<std::unique_ptr<net::TlsStream>>(&stream_))
        came = co_await (*encrypted)->async_read_some(space, asio::redirect_error(asio::use_awaitable, error));
    else
        came = co_await std::get<std::unique_ptr<net::NestedTlsStream>>(stream_)->async_read_some(
            space, asio::redirect_error(asio::use_awaitable, error));
    buffer_.commit(came);
    co_return error;
}

std::string_view Connection::received() const {
    const auto bytes = buffer_.cdata();
    return {static_cast<const char*>(bytes.data()), bytes.size()};
}

bool Connection::is_open_and_silent() {
    if (!socket().is_open() || buffer_.size() > 0) return false;
    if (auto* encrypted = std::get_if<std::unique_ptr<net::TlsStream>>(&stream_))
        if (holds_bytes((*encrypted)->native_handle())) return false;
    if (auto* nested = std::get_if<std::unique_ptr<net::NestedTlsStream>>(&stream_))
        if (holds_bytes((*nested)->native_handle()) || holds_bytes((*nested)->next_layer().native_handle()))
            return false;
    char next = 0;
    const ssize_t came = ::recv(socket().native_handle(), &next, 1, MSG_PEEK | MSG_DONTWAIT);
    return came < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void Connection::rest() {
    next_read_bytes_ = kFirstReadBytes;
    if (buffer_.capacity() > kIdleBufferBytesMax) buffer_.shrink_to_fit();  // it is empty: all of it goes
}

void Connection::close() {
    error_code ignored;
    socket().close(ignored);
}

bool is_closed_by_peer(const boost::system::error_code& error) {
    return error == asio::error::eof || error == asio::error::connection_reset || error == asio::error::broken_pipe ||
           error == asio::error::connection_aborted || is_cut_short(error);
}

bool is_cut_short(const boost::system::error_code& error) {
    return error == asio::ssl::error::stream_truncated;
}

}  // namespace outpost::http
