// Receivers and publishers on this process's own threads, around the program under test.
#pragma once

#include "base/clock.hpp"
#include "base/shards.hpp"
#include "net/dialer/dialer.hpp"
#include "net/egress/policy.hpp"
#include "net/http/client.hpp"
#include "net/http/server.hpp"
#include "net/resolver/resolver.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ssl/context.hpp>

#include <atomic>
#include <thread>
#include <vector>

namespace outpost::bench {

/// What one event went through.
struct Tracked {
    std::int64_t sent_us = 0;
    std::int64_t received_us = 0;
    std::uint32_t copies = 0;
};

/// One thread that publishes, receives and counts. Enough to load a server on the machine's other core.
class Load {
public:
    /// @param api_port  of the program under test
    Load(std::uint16_t api_port, std::string api_key);
    ~Load();

    std::uint16_t receiver_port() const { return server_->port(); }
    /// One request to the program's API; aborts the benchmark on a transport failure.
    http::ClientResponse call(std::string method, std::string path, std::string body = {});
    /// Publishes `count` events, `at_once` at a time, or `per_second` of them when that is not 0; waits until each has
    /// arrived or nothing arrived for 30 s.
    struct Result {
        std::uint64_t accepted = 0, refused = 0, lost = 0, duplicates = 0;
        double seconds = 0;
        std::vector<double> latencies_ms;  ///< publish → receiver
        std::vector<double> answers_ms;    ///< publish → 202
    };
    Result publish(const std::string& tenant, std::uint64_t count, std::size_t at_once, double per_second,
                   std::size_t data_bytes);
    /// The floor: the same request to the receiver itself, without the program between. @return CPU of this process
    double direct_request_us(std::uint64_t count);

private:
    Task<http::ServerResponse> receive(http::ServerRequest request);
    Task<void> publish_some(std::string tenant, std::uint64_t* next, std::uint64_t count, double per_second,
                            std::int64_t start_us, std::string filler);
    Task<void> send_direct(std::uint64_t count);
    template <class T>
    T run(Task<T> work);
    static std::int64_t now_us();

    boost::asio::io_context context_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{context_.get_executor()};
    SystemClock clock_;
    Shards shards_{{context_.get_executor()}};
    egress::Policy policy_;
    boost::asio::ssl::context tls_{boost::asio::ssl::context::tls_client};
    std::optional<resolver::Resolver> resolver_;
    std::optional<net::Dialer> dialer_;
    std::optional<http::Client> client_;
    std::optional<http::Server> server_;
    std::thread thread_;

    std::uint16_t api_port_;
    std::string api_key_;
    std::vector<Tracked> events_;  // by the number in the payload; this thread only
    Result result_;
    std::uint64_t arrived_ = 0;
    std::int64_t last_arrival_us_ = 0;
};

}  // namespace outpost::bench
