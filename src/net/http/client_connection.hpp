// One connection of the client: a stream, its receive buffer and the questions that reuse depends on. Private to it.
#pragma once

#include "base/bytes.hpp"
#include "net/dialer/dialer.hpp"

#include <boost/beast/core/flat_buffer.hpp>

#include <string>
#include <string_view>

namespace outpost::http {

/// Used by one request at a time.
class Connection {
public:
    Connection(net::Stream stream, std::string origin) : stream_(std::move(stream)), origin_(std::move(origin)) {}

    using error_code = boost::system::error_code;

    /// Sends both with one gather write, without suspending when the kernel takes all of it. TLS: as one record if
    /// small. What the views show must live until it returns.
    Task<error_code> write(std::string_view head, std::string_view body);
    /// Appends what comes next, at most some KiB, to what received() shows.
    Task<error_code> read_some();
    std::string_view received() const;
    void consume(std::size_t bytes) { buffer_.consume(bytes); }

    /// Whether an idle connection is open and nothing came on it: bytes nobody asked for would be taken for the next
    /// response (T-36), and a farewell means that a request would be lost (T-39). One system call.
    bool is_open_and_silent();
    /// Gives back the memory of a large response; between two requests.
    void rest();
    /// Ends operations in progress with an error; safe to call at any time, twice too.
    void close();

    const std::string& origin() const { return origin_; }

private:
    /// Most responses fit; ten thousand connections that wait for theirs hold little (design.md B6).
    static constexpr std::size_t kFirstReadBytes = 2 * 1024;

    net::TcpSocket& socket();
    Task<error_code> write_rest(std::string_view head, std::string_view body);

    net::Stream stream_;
    boost::beast::flat_buffer buffer_;
    std::size_t next_read_bytes_ = kFirstReadBytes;
    std::string origin_;
};

/// Whether the peer ended the connection, in whatever way.
bool is_closed_by_peer(const boost::system::error_code& error);
/// TLS only: the end of the stream without the peer's farewell.
bool is_cut_short(const boost::system::error_code& error);

}  // namespace outpost::http
