// The fixture's own code; the tests that use it are in the other server_*_test.cpp.
#include "net/http/server_fixture.hpp"

#include <boost/asio/co_spawn.hpp>

#include <charconv>
#include <stdexcept>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace outpost::http {
namespace {

constexpr auto kGenerous = std::chrono::seconds(60);

}  // namespace

std::string WireResponse::field(std::string_view name) const {
    const std::size_t at = head.find(fmt::format("\r\n{}: ", name));
    if (at == std::string::npos) return "(none)";
    const std::size_t start = at + name.size() + 4;
    return head.substr(start, head.find("\r\n", start) - start);
}

RawClient::RawClient(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error("cannot connect");
    ::fcntl(descriptor_, F_SETFL, O_NONBLOCK);
    const int at_once = 1;  // pieces are sent as pieces
    ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
}

RawClient::~RawClient() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

RawClient::RawClient(RawClient&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      received_(std::move(other.received_)),
      closed_(other.closed_) {}

std::size_t RawClient::send(std::string_view bytes) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    return sent > 0 ? static_cast<std::size_t>(sent) : 0;
}

void RawClient::finish_sending() {
    ::shutdown(descriptor_, SHUT_WR);
}

void RawClient::small_receive_buffer() {
    const int bytes = 4096;
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

void RawClient::pump() {
    std::string buffer(64 * 1024, '\0');
    while (!closed_) {
        const ssize_t size = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
        if (size > 0) received_.append(buffer, 0, static_cast<std::size_t>(size));
        else if (size == 0 || (errno != EAGAIN && errno != EINTR)) closed_ = true;
        else return;
    }
}

std::vector<WireResponse> RawClient::responses(bool to_head) const {
    std::vector<WireResponse> all;
    std::string_view rest = received_;
    while (true) {
        const std::size_t end = rest.find("\r\n\r\n");
        if (end == std::string_view::npos || rest.size() < 12) return all;
        WireResponse response;
        response.head = rest.substr(0, end + 2);
        std::from_chars(rest.data() + 9, rest.data() + 12, response.status);
        rest.remove_prefix(end + 4);
        std::size_t size = 0;
        const std::string length = response.field("Content-Length");
        if (!to_head) std::from_chars(length.data(), length.data() + length.size(), size);
        if (rest.size() < size) return all;
        response.body = rest.substr(0, size);
        rest.remove_prefix(size);
        all.push_back(std::move(response));
    }
}

ServerFixture::ServerFixture()
    : work_(io_.get_executor()), shards_(std::vector<Executor>{io_.get_executor(), io_.get_executor()}) {
    settings.address = "127.0.0.1";
    settings.port = 0;
}

ServerFixture::~ServerFixture() {
    if (server_ && !stopping_) stop(Deadline(clock.monotonic()));
}

namespace {

Task<ServerResponse> echo(ServerRequest request) {
    ServerResponse response;
    response.body = fmt::format("{} {}?{}|{}", request.method, request.path, request.query, request.body.view());
    co_return response;
}

}  // namespace

void ServerFixture::start() {
    std::vector<Handler> handlers;
    for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
        handlers.push_back([this, shard](ServerRequest request) {
            ++requests_by_shard[shard];
            requests.push_back(request);
            return handler ? handler(shard, std::move(request)) : echo(std::move(request));
        });
    }
    server_ = std::make_unique<Server>(shards_, clock, settings, std::move(handlers));
    const auto started = server_->start();
    if (!started) throw std::runtime_error(started.error().describe());
}

void ServerFixture::begin_stop(Deadline deadline) {
    stopping_ = true;
    boost::asio::co_spawn(io_, server_->stop(deadline), [this](const std::exception_ptr&) { stopped_ = true; });
}

void ServerFixture::stop(Deadline deadline) {
    begin_stop(deadline);
    if (!until([&] { return stopped_; })) throw std::runtime_error("the server does not stop");
}

void ServerFixture::settle() {
    while (io_.poll() > 0) {
    }
}

bool ServerFixture::until(const std::function<bool()>& happened) {
    const MonotonicTime give_up = real_.monotonic() + kGenerous;
    while (!happened()) {
        if (real_.monotonic() > give_up) return false;
        if (io_.poll() == 0) io_.run_one_for(std::chrono::milliseconds(1));
    }
    return true;
}

WireResponse ServerFixture::ask(RawClient& client, std::string_view bytes, bool head_request) {
    const std::size_t before = client.responses(head_request).size();
    client.send(bytes);
    until([&] {
        client.pump();
        return client.closed() || client.responses(head_request).size() > before;
    });
    const auto all = client.responses(head_request);
    return all.size() > before ? all[before] : WireResponse{};
}

bool ServerFixture::until_closed(RawClient& client) {
    return until([&] {
        client.pump();
        return client.closed();
    });
}

std::optional<MonotonicTime::duration> ServerFixture::time_until(const std::function<bool()>& happened,
                                                                 MonotonicTime::duration limit) {
    constexpr auto kStep = std::chrono::milliseconds(500);
    for (MonotonicTime::duration passed{0}; passed <= limit; passed += kStep) {
        settle();
        if (happened()) return passed;
        clock.advance(kStep);
    }
    return std::nullopt;
}

}  // namespace outpost::http
