// Our HTTP/1.1 client: pooled connections per origin, every one through the dialer (design.md §6).
#pragma once

#include "base/bytes.hpp"
#include "base/deadline.hpp"
#include "base/shards.hpp"
#include "base/task.hpp"
#include "net/failure.hpp"
#include "net/http/message.hpp"
#include "net/http/url.hpp"

#include <expected>
#include <memory>
#include <optional>

namespace outpost::net {
class Dialer;
struct Proxy;
}  // namespace outpost::net

namespace outpost::http {

struct ClientRequest {
    std::string method = "POST";
    Url url;
    Headers headers;  ///< Host, Content-Length, Connection are written by the client
    Bytes body;
    /// Go through it: plain requests are forwarded by it, others get a tunnel. Shared with all that go through it.
    std::shared_ptr<const net::Proxy> proxy = nullptr;
};

/// The final response. `body` is decoded (gzip) and at most `ClientLimits::body_bytes_max`.
struct ClientResponse {
    int status = 0;
    Headers headers;
    std::string body;
    bool body_too_large = false;   ///< the body was over the cap and is not here
    bool body_incomplete = false;  ///< reading it failed after the headers: what came is here
    bool connection_reused = false;
    ClientRequest request;  ///< what this answers: given back, so that who follows a redirect need not keep a copy
};

/// How long the steps of a request took, also one that failed; none: not begun.
struct Timing {
    using Step = std::optional<MonotonicTime::duration>;
    Step dns;         ///< none for a literal address
    Step connect;     ///< TCP
    Step tls;         ///< the handshake
    Step first_byte;  ///< from the connection's being there to the first byte of an answer
    MonotonicTime::duration total{};
    bool connection_reused = false;
};

/// What is known of a request besides its response.
struct SendReport {
    Timing timing;
    ClientRequest request;  ///< given back when there is no response
};

struct ClientLimits {
    std::size_t header_bytes_max = 64 * 1024;
    std::size_t body_bytes_max = 128 * 1024;
};

struct ClientSettings {
    std::size_t idle_connections_max = 4096;  ///< of this shard, over all origins
    std::size_t idle_connections_per_origin_max = 256;
    MonotonicTime::duration idle_timeout = std::chrono::seconds(90);
};

/// One a shard; used on that shard only. Dialer and clock outlive it and its requests.
class Client {
public:
    Client(net::Dialer& dialer, Clock& clock, Executor executor, ClientSettings settings);
    /// Requests in flight end with `cancelled`, soon after; stop() also waits for them.
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    /// One request and its final response; redirects are the caller's. `deadline` spans DNS, connect, TLS, send,
    /// headers and body, and is kept to within 50 ms. A reused connection that the peer closed before the request was
    /// written whole, or before any byte of a response came, is replaced by a fresh one once (hard-cases T-39): a
    /// receiver may see such a request twice. Cancellation closes the connection.
    /// @param report  filled in when given; must live until the answer
    /// @return the response, also an incomplete one if its head was whole; otherwise a failure of destinations.md §2.9:
    /// timeout, connection_reset, tls_error, those of the dialer, cancelled, or network_error (closed before a
    /// response, malformed response, head over its limit; request that can't be written: nothing was sent). Through a
    /// proxy: `proxy` when it is at fault itself, time that runs out on the way to it included, and what it says of the
    /// target by Envoy's flags.
    Task<std::expected<ClientResponse, net::Failure>> send(ClientRequest request, ClientLimits limits,
                                                           Deadline deadline, SendReport* report = nullptr);
    /// Closes the idle connections to an origin, and those in use after their response (decision B9: a destination's
    /// version has changed).
    void drop(const std::string& origin);
    /// The same for all origins.
    void close();
    /// Ends: requests in flight, and later ones, answer `cancelled`. Returns when none is left and nothing runs.
    Task<void> stop();

    struct Counts {
        std::uint64_t opened = 0;  ///< connections made
        std::uint64_t reused = 0;  ///< requests that went over an idle one
    };
    Counts counts() const;

private:
    class Impl;
    std::shared_ptr<Impl> impl_;  // shared: requests in flight hold it until they have ended
};

}  // namespace outpost::http
