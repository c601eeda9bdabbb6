// Receivers and publishers on this process's own thread, around the program under test.
#pragma once

#include "tally.hpp"

#include "base/clock.hpp"
#include "base/shards.hpp"
#include "net/dialer/dialer.hpp"
#include "net/egress/policy.hpp"
#include "net/http/client.hpp"
#include "net/http/server.hpp"
#include "net/resolver/resolver.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>

#include <atomic>
#include <functional>
#include <thread>

namespace outpost::bench {

/// What a receiver does with a delivery.
enum class Manner {
    answer,  ///< 200 at once
    refuse,  ///< 500 at once
    hold,    ///< takes the request and does not answer, until release_held()
};

struct Recipient {
    std::string tenant;
    bool awaited = true;  ///< whether the run waits for its events, and counts a missing one as lost
};

/// What is published, to whom, how fast.
struct Plan {
    std::uint64_t count = 0;
    std::size_t at_once = 200;  ///< requests
    std::size_t batch = 1;      ///< events of a request; over 1 they go to /publish/batch
    double per_second = 0;      ///< 0 = as fast as it goes
    std::size_t data_bytes = 1000;
    std::vector<Recipient> recipients;
    /// Index of the recipient of the plan's event 0, 1, …; in turn when empty.
    std::function<std::size_t(std::uint64_t)> recipient_of;
};

/// One thread that publishes, receives and counts. Enough to load a server on the machine's other core.
class Load {
public:
    /// @param api_port  of the program under test
    Load(std::uint16_t api_port, std::string api_key);
    ~Load();

    std::string receiver_url(Manner manner) const;
    /// The program has been started again, on this port.
    void use_api_port(std::uint16_t port) { api_port_ = port; }
    /// What is sent to a holding receiver from now on is answered with 200; what it holds stays unanswered.
    void release_held() { released_ = true; }
    void hold_again() { released_ = false; }

    struct Answer {
        int status = 0;
        std::string body;
        double ms = 0;  ///< from the first byte sent to the last one read, as this process's thread sees it
    };
    /// One request to the program's API; aborts the benchmark on a transport failure.
    Answer call(std::string method, std::string path, std::string body = {});
    /// Publishes the plan; waits until each awaited event has arrived or nothing arrived for 30 s.
    Outcome publish(Plan plan);
    /// Waits in the same way for those of the last plan that were not awaited, and counts again.
    Outcome collect_all();
    /// The floor: the same request to the receiver itself, without the program between. @return CPU of this process
    double direct_request_us(std::uint64_t count);

private:
    Task<http::ServerResponse> receive(http::ServerRequest request);
    std::string event_body(const Plan& plan, std::uint64_t index, const std::string& filler);
    Task<void> publish_some(const Plan* plan, std::uint64_t* next, std::int64_t start_us, std::string filler);
    Task<Outcome> publish_all(Plan plan);
    Task<Outcome> arrivals(bool all);
    Task<Answer> call_once(http::ClientRequest request);
    Task<void> send_direct(std::uint64_t count);
    http::ClientRequest api_request(std::string method, const std::string& path, std::string body) const;
    template <class T>
    T run(Task<T> work);

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
    std::atomic<bool> released_ = false;
    Tally tally_;  // its own thread only
};

}  // namespace outpost::bench
