#include "net/http/client_fixture.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <charconv>

namespace outpost::http {

namespace asio = boost::asio;

namespace {

using error_code = boost::system::error_code;

/// One side of a connection, plain or TLS, as the scripts use it.
class PeerStream {
public:
    explicit PeerStream(net::TcpSocket socket, asio::ssl::context* tls) {
        if (tls != nullptr) secure_ = std::make_unique<net::TlsStream>(std::move(socket), *tls);
        else plain_.emplace(std::move(socket));
    }
    net::TcpSocket& socket() { return plain_ ? *plain_ : secure_->next_layer(); }

    Task<bool> shake_hands() {
        error_code error;
        if (secure_)
            co_await secure_->async_handshake(asio::ssl::stream_base::server,
                                              asio::redirect_error(asio::use_awaitable, error));
        co_return !error;
    }
    Task<bool> read_more() {
        std::array<char, 8192> piece;
        error_code error;
        auto token = asio::redirect_error(asio::use_awaitable, error);
        const std::size_t came = plain_ ? co_await plain_->async_read_some(asio::buffer(piece), token)
                                        : co_await secure_->async_read_some(asio::buffer(piece), token);
        received.append(piece.data(), came);
        co_return !error;
    }
    Task<void> write(std::string bytes) {
        error_code error;  // a client that has gone shows in what follows
        auto token = asio::redirect_error(asio::use_awaitable, error);
        if (plain_) co_await asio::async_write(*plain_, asio::buffer(bytes), token);
        else co_await asio::async_write(*secure_, asio::buffer(bytes), token);
    }
    void close(bool abruptly) {
        error_code ignored;
        if (abruptly) socket().set_option(asio::socket_base::linger(true, 0), ignored);
        socket().close(ignored);
    }

    std::string received;

private:
    std::optional<net::TcpSocket> plain_;
    std::unique_ptr<net::TlsStream> secure_;
};

/// The length of the request at the start of `bytes`; none while it is not whole.
std::optional<std::size_t> request_length(std::string_view bytes, bool head_only) {
    const auto end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    constexpr std::string_view kName = "Content-Length: ";
    const auto field = bytes.substr(0, end).find(kName);
    std::size_t body = 0;
    if (field != std::string_view::npos && !head_only)
        std::from_chars(bytes.data() + field + kName.size(), bytes.data() + end + 1, body);
    if (bytes.size() < end + 4 + body) return std::nullopt;
    return end + 4 + body;
}

/// Our descriptors whose own or whose peer's address, as `which` tells, has this port.
std::vector<int> sockets_of(int (*which)(int, sockaddr*, socklen_t*), std::uint16_t port) {
    constexpr int kDescriptorsMax = 1024;
    std::vector<int> found;
    for (int descriptor = 0; descriptor < kDescriptorsMax; ++descriptor) {
        sockaddr_in address{};
        socklen_t size = sizeof address;
        if (which(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0 && ntohs(address.sin_port) == port)
            found.push_back(descriptor);
    }
    return found;
}

Task<void> send_into(std::shared_ptr<Sending> sending, Task<ClientAnswer> work) {
    sending->answer.emplace(co_await std::move(work));
}

}  // namespace

std::string ok(std::string_view body) {
    return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", body.size(), body);
}

ScriptedPeer::ScriptedPeer(asio::io_context& io, asio::ssl::context* tls)
    : io_(io),
      tls_(tls),
      acceptor_(io, {asio::ip::address_v4::loopback(), 0}),
      gate_(io, asio::steady_timer::time_point::max()),
      tasks_(io.get_executor(), "scripted peer") {
    tasks_.start(accept_all());
}

Task<void> ScriptedPeer::accept_all() {
    for (;;) {
        net::TcpSocket socket(io_.get_executor());
        co_await acceptor_.async_accept(socket, asio::use_awaitable);
        ASSERT(!scripts_.empty());
        Script script = scripts_[std::min(accepted++, scripts_.size() - 1)];
        tasks_.start(serve(std::move(socket), std::move(script)));
    }
}

Task<void> ScriptedPeer::serve(net::TcpSocket socket, Script script) {
    PeerStream stream(std::move(socket), tls_);
    if (!co_await stream.shake_hands()) co_return;
    for (std::size_t at = 0; at < script.size(); ++at) {
        const Step& step = script[at];
        switch (step.what) {
            case Step::What::read_request:
            case Step::What::read_head: {
                const bool head_only = step.what == Step::What::read_head;
                std::optional<std::size_t> length;
                while (!(length = request_length(stream.received, head_only))) {
                    if (co_await stream.read_more()) continue;
                    ++closed_by_client;
                    co_return;
                }
                requests.push_back(stream.received.substr(0, *length));
                stream.received.erase(0, *length);
                break;
            }
            case Step::What::send: co_await stream.write(step.bytes); break;
            case Step::What::pause: {
                paused = true;
                error_code woken;
                co_await gate_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
                gate_.expires_at(asio::steady_timer::time_point::max());
                paused = false;
                break;
            }
            case Step::What::close: stream.close(false); co_return;
            case Step::What::reset: stream.close(true); co_return;
            case Step::What::finish: stream.socket().shutdown(asio::socket_base::shutdown_send); [[fallthrough]];
            case Step::What::await_close:
                while (co_await stream.read_more()) {
                }
                ++closed_by_client;
                co_return;
            case Step::What::repeat: at = static_cast<std::size_t>(-1); break;
        }
    }
}

void ScriptedPeer::go_on() {
    gate_.expires_at(asio::steady_timer::time_point::min());
}

Task<void> ScriptedPeer::stop() {
    acceptor_.close();
    tasks_.cancel();
    co_await tasks_.join();
}

ClientFixture::ClientFixture(asio::ssl::context* server_tls) : peer_(io_, server_tls) {
    use({});
}

ClientFixture::~ClientFixture() {
    if (client_) run(client_->stop());
    client_.reset();
    run(peer_.stop());
    resolver_.close();
    settle();
}

void ClientFixture::use(ClientSettings settings) {
    client_ = std::make_unique<Client>(dialer_, clock_, io_.get_executor(), settings);
}

std::shared_ptr<Sending> ClientFixture::start(ClientRequest request, Deadline deadline) {
    auto sending = std::make_shared<Sending>();
    asio::co_spawn(io_, send_into(sending, client_->send(std::move(request), limits_, deadline, &sending->report)),
                   asio::bind_cancellation_slot(sending->cancel.slot(),
                                                [sending](const std::exception_ptr&) { sending->ended = true; }));
    return sending;
}

ClientAnswer ClientFixture::await(const std::shared_ptr<Sending>& sending) {
    EXPECT_TRUE(until([&] { return sending->ended; }));
    if (!sending->answer) return std::unexpected(net::Failure{net::FailureKind::resources, "thrown or hung"});
    return *sending->answer;
}

ClientRequest ClientFixture::post(std::string body) const {
    ClientRequest request;
    request.url = Url{.scheme = scheme_, .host = "127.0.0.1", .port = peer_.port(), .target = "/"};
    request.body = Bytes(std::move(body));
    return request;
}

ClientRequest ClientFixture::with_method(std::string method) const {
    ClientRequest request = post({});
    request.method = std::move(method);
    return request;
}

bool ClientFixture::until(const std::function<bool()>& happened) {
    io_.restart();
    while (!happened())
        if (io_.run_one_for(std::chrono::seconds(20)) == 0) return false;  // a guard, not a measure
    return true;
}

void ClientFixture::settle() {
    io_.restart();
    io_.poll();
}

bool ClientFixture::until_readable() {
    for (const int descriptor : sockets_of(&::getpeername, peer_.port())) {
        pollfd waits{.fd = descriptor, .events = POLLIN, .revents = 0};
        if (::poll(&waits, 1, 20'000) != 1) return false;  // a guard, not a measure
    }
    return true;
}

bool ClientFixture::until_delivered() {
    const auto is_zero = [](unsigned long what) {
        return [what](int descriptor) {
            int bytes = 0;
            return ::ioctl(descriptor, what, &bytes) != 0 || bytes == 0;
        };
    };
    SystemClock real;
    const auto give_up = real.monotonic() + std::chrono::seconds(20);  // a guard, not a measure
    while (real.monotonic() < give_up) {
        settle();
        const bool acknowledged = std::ranges::all_of(sockets_of(&::getsockname, peer_.port()), is_zero(TIOCOUTQ));
        if (!acknowledged || !std::ranges::all_of(sockets_of(&::getpeername, peer_.port()), is_zero(FIONREAD)))
            continue;
        settle();
        return true;
    }
    return false;
}

void ClientFixture::run(Task<void> work) {
    bool ended = false;
    asio::co_spawn(io_, std::move(work), [&ended](const std::exception_ptr& thrown) {
        EXPECT_FALSE(thrown);
        ended = true;
    });
    EXPECT_TRUE(until([&] { return ended; }));
}

std::string ClientFixture::text(const ClientAnswer& answer) {
    if (!answer) return std::string(net::to_string(answer.error().kind));
    std::string all = fmt::format("{} {}", answer->status, answer->body);
    if (answer->body_too_large) all += " [too large]";
    if (answer->body_incomplete) all += " [incomplete]";
    if (answer->connection_reused) all += " [reused]";
    return all;
}

}  // namespace outpost::http
