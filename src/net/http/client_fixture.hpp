// A client on one thread with a peer on loopback that does what a script says, byte for byte. For tests.
#pragma once

#include "base/manual_clock.hpp"
#include "base/task_group.hpp"
#include "net/dialer/dialer.hpp"
#include "net/egress/policy.hpp"
#include "net/http/client.hpp"
#include "net/resolver/resolver.hpp"
#include "net/tls/context.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace outpost::http {

/// What the peer does next on a connection.
struct Step {
    enum class What {
        read_request,  ///< a head and as much body as its Content-Length says
        read_head,     ///< just the head
        send,          ///< bytes
        pause,         ///< until ScriptedPeer::go_on()
        close,         ///< FIN, or after unread bytes RST
        finish,        ///< FIN, but goes on to receive until the client closes
        reset,         ///< RST
        await_close,   ///< until the client closes
        repeat,        ///< the script from its start
    };
    What what;
    std::string bytes = {};
};
using Script = std::vector<Step>;

inline Step request() {
    return {Step::What::read_request};
}
inline Step send(std::string bytes) {
    return {Step::What::send, std::move(bytes)};
}
inline Step pause() {
    return {Step::What::pause};
}
inline Step close() {
    return {Step::What::close};
}
inline Step reset() {
    return {Step::What::reset};
}
inline Step await_close() {
    return {Step::What::await_close};
}
inline Step repeat() {
    return {Step::What::repeat};
}

/// "HTTP/1.1 200 OK" with this body and its length.
std::string ok(std::string_view body);
/// Answers every request with `response`.
inline Script always(std::string response) {
    return {request(), send(std::move(response)), repeat()};
}

/// The n-th connection gets the n-th script, further ones the last.
class ScriptedPeer {
public:
    ScriptedPeer(boost::asio::io_context& io, boost::asio::ssl::context* tls);

    void play(std::vector<Script> scripts) { scripts_ = std::move(scripts); }
    /// Ends the pause a script is in, or the next one.
    void go_on();
    /// Stops listening and ends what runs.
    Task<void> stop();
    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

    std::vector<std::string> requests;  ///< whole, or just heads for read_head
    std::size_t accepted = 0;
    std::size_t closed_by_client = 0;  ///< as seen by await_close and by requests that never came
    bool paused = false;

private:
    Task<void> accept_all();
    Task<void> serve(net::TcpSocket socket, Script script);

    boost::asio::io_context& io_;
    boost::asio::ssl::context* tls_;
    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer gate_;
    std::vector<Script> scripts_;
    TaskGroup tasks_;
};

using ClientAnswer = std::expected<ClientResponse, net::Failure>;

/// A request on its way.
struct Sending {
    std::optional<ClientAnswer> answer;
    SendReport report;
    boost::asio::cancellation_signal cancel;
    bool ended = false;  ///< also when its end was an exception
};

class ClientFixture : public testing::Test {
protected:
    explicit ClientFixture(boost::asio::ssl::context* server_tls = nullptr);
    ~ClientFixture() override;

    /// A new client instead of the present one.
    void use(ClientSettings settings);
    std::shared_ptr<Sending> start(ClientRequest request, Deadline deadline = {});
    ClientAnswer await(const std::shared_ptr<Sending>& sending);
    ClientAnswer ask(ClientRequest request, Deadline deadline = {}) {
        return await(start(std::move(request), deadline));
    }
    /// POST / with a small body.
    ClientRequest post(std::string body = "{}") const;
    ClientRequest with_method(std::string method) const;
    /// Runs until `happened`; false when it did not within a generous real time.
    bool until(const std::function<bool()>& happened);
    /// Runs what can run now.
    void settle();
    /// Waits until there is something to read, or an end, on every connection of the client: what the peer has sent is
    /// not there at once, not even on loopback.
    bool until_readable();
    /// Runs until the client has read everything that the peer has sent.
    bool until_delivered();
    void run(Task<void> work);
    /// "200 body", with marks for what else is said of the response, or the failure's code.
    static std::string text(const ClientAnswer& answer);
    /// The peer plays `scripts`; what one request comes to.
    std::string outcome(std::vector<Script> scripts) {
        peer_.play(std::move(scripts));
        return text(ask(post()));
    }

    boost::asio::io_context io_;
    ManualClock clock_;
    boost::asio::ssl::context tls_ = *tls::make_client_context();
    egress::Policy policy_ = *egress::Policy::make({.mode = egress::Mode::open});
    resolver::Resolver resolver_{clock_, io_.get_executor(), {}};
    net::Dialer dialer_{resolver_, policy_, tls_, clock_, io_.get_executor()};
    ScriptedPeer peer_;
    std::string scheme_ = "http";
    ClientLimits limits_{.header_bytes_max = 4096, .body_bytes_max = 1000};
    std::unique_ptr<Client> client_;
};

}  // namespace outpost::http
