// Our HTTP/1.1 server: one acceptor, which gives each connection to the shard with the fewest (api.md §1, decisions
// A3–A5).
#pragma once

#include "base/clock.hpp"
#include "base/deadline.hpp"
#include "base/result.hpp"
#include "base/shards.hpp"
#include "net/http/message.hpp"

#include <functional>
#include <memory>

namespace outpost::http {

/// What a handler gets. Limits and syntax have been checked; the body is whole.
struct ServerRequest {
    std::string method;  ///< upper case as sent
    std::string path;    ///< as sent: still percent-encoded, without the query
    std::string query;   ///< raw, without '?'
    Headers headers;
    Bytes body;
    std::string id;    ///< X-Request-Id: the client's when it is usable, else made here; every answer carries it
    std::string peer;  ///< address of the client, for logs
    bool encrypted = false;
};

struct ServerResponse {
    int status = 200;
    Headers headers;  ///< without Content-Length, Connection, Date and X-Request-Id, which the server writes
    std::string body;
    std::string failure;  ///< what was behind a 5xx: for the log, never sent
};

/// Called on the connection's shard; several run at once. An exception becomes 500.
using Handler = std::function<Task<ServerResponse>(ServerRequest)>;

struct ServerSettings {
    std::string address = "0.0.0.0";           ///< or "::" (dual stack)
    std::uint16_t port = 3333;                 ///< 0 = any free one
    std::size_t header_bytes_max = 64 * 1024;  ///< over it 431
    std::size_t body_bytes_max = 1024 * 1024;  ///< over it 413
    /// A larger limit for some paths; the default one when it returns none.
    std::function<std::optional<std::size_t>(std::string_view method, std::string_view path)> body_limit;
    MonotonicTime::duration header_timeout =
        std::chrono::seconds(10);                                     ///< from the first byte to the end of the headers
    MonotonicTime::duration body_timeout = std::chrono::seconds(30);  ///< for the whole body
    MonotonicTime::duration idle_timeout = std::chrono::seconds(75);  ///< between requests
    MonotonicTime::duration write_timeout = std::chrono::seconds(30);  ///< for a response
    std::size_t connections_max = 0;  ///< over all shards; 0 = from the descriptor limit
    /// The body of the server's own errors (400, 408, 413, 417, 431, 500, 503), so that they carry the API's envelope.
    std::function<std::string(int status, std::string_view message)> error_body;
    std::string error_content_type = "application/json; charset=utf-8";
    /// Adds fields to those errors, by the fields of the request as far as they have been understood: what lets a page
    /// of another origin read them.
    std::function<void(const Headers& request, Headers& response)> error_fields;
};

/// Keep-alive, pipelining in order, chunked and sized bodies, Expect: 100-continue. Refuses conflicting or repeated
/// Content-Length, Content-Length with Transfer-Encoding, and anything it can't parse: 400 and close. Every answer,
/// also to what is refused, has an X-Request-Id, and a refusal writes one debug line with it.
class Server {
public:
    /// @param handlers  one a shard, called on that shard
    Server(const Shards& shards, Clock& clock, ServerSettings settings, std::vector<Handler> handlers);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Binds; accepts as soon as the shards run. Any thread, once. @return unavailable, naming address and port, when
    /// it is taken (by another process too: never shared); invalid when `address` is no IP address
    Result<void> start();
    /// The port really bound, after start().
    std::uint16_t port() const;
    /// Stops accepting, closes idle connections, lets requests in progress finish until `deadline`, then closes all.
    /// Returns when no connection is left; a handler that ignores its cancellation is waited for. Any shard. After a
    /// successful start(), the server is destroyed only when this has returned.
    Task<void> stop(Deadline deadline);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace outpost::http
