#include "app/probe.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <thread>
#include <unistd.h>

namespace outpost::app {
namespace {

/// Takes one connection on a free port of the loopback, notes the request and gives one answer in two pieces.
class OneAnswer {
public:
    explicit OneAnswer(std::string answer) : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
        ::listen(listener_, 1);
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this, answer = std::move(answer)] {
            const int client = ::accept(listener_, nullptr, nullptr);
            std::array<char, 1024> buffer;
            request_.assign(buffer.data(), static_cast<std::size_t>(::recv(client, buffer.data(), buffer.size(), 0)));
            const std::size_t half = answer.size() / 2;
            ::send(client, answer.data(), half, MSG_NOSIGNAL);
            ::send(client, answer.data() + half, answer.size() - half, MSG_NOSIGNAL);
            ::close(client);
        });
    }
    ~OneAnswer() {
        finish();
        ::close(listener_);
    }
    OneAnswer(const OneAnswer&) = delete;
    OneAnswer& operator=(const OneAnswer&) = delete;

    std::uint16_t port() const { return port_; }
    const std::string& finish() {
        if (thread_.joinable()) thread_.join();
        return request_;
    }

private:
    int listener_;
    std::uint16_t port_ = 0;
    std::string request_;
    std::thread thread_;
};

TEST(Probe, ReadsTheStatus) {
    for (const int status : {200, 503}) {
        OneAnswer server(fmt::format("HTTP/1.1 {} Whatever\r\nContent-Length: 0\r\n\r\n", status));
        EXPECT_EQ(probe("127.0.0.1", server.port(), "/livez"), status);
        EXPECT_TRUE(server.finish().starts_with("GET /livez HTTP/1.1\r\n"));
    }
}

TEST(Probe, RefusesWhatIsNotHttp) {
    for (const char* answer : {"SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 2x0 no\r\n", "HTTP/1.1 2", ""}) {
        OneAnswer server(answer);
        const auto status = probe("127.0.0.1", server.port(), "/livez");
        ASSERT_FALSE(status.has_value()) << answer;
        EXPECT_EQ(status.error().code(), Errc::unavailable);
        EXPECT_EQ(status.error().text(), "the answer is not HTTP");
    }
}

TEST(Probe, WantsAnAddress) {
    EXPECT_EQ(probe("example.com", 80, "/").error().code(), Errc::invalid);
}

TEST(Probe, AsksWhereTheServiceListens) {
    for (const auto& [host, address] : std::map<std::string, std::string>{{"0.0.0.0", "127.0.0.1"},
                                                                          {"", "127.0.0.1"},
                                                                          {"localhost", "127.0.0.1"},
                                                                          {"::", "::1"},
                                                                          {"10.1.2.3", "10.1.2.3"}})
        EXPECT_EQ(probe_address(host), address);
}

}  // namespace
}  // namespace outpost::app
