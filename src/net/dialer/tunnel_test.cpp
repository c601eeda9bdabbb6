// Through a forward proxy: destinations.md §2.10, §15.4 rule 12; hard-cases T-49, T-64.
#include "net/dialer/tunnel.hpp"

#include "net/dialer/dialer_fixture.hpp"

#include <boost/asio/read_until.hpp>

namespace outpost::net {
namespace {

std::string_view kind_of(const std::string& head) {
    const auto judged = judge_tunnel_reply(head);
    return judged ? "open" : to_string(judged.error().kind);
}

TEST(Tunnel, AsksForTheTargetWithTheCredentialsOfTheProxy) {
    EXPECT_EQ(tunnel_request("a.example:443", {.host = "proxy", .port = 3128, .tls = false, .authorization = {}}),
              "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n");
    EXPECT_EQ(tunnel_request("[::1]:443", {.host = "proxy", .port = 3128, .tls = false, .authorization = "Basic dTpw"}),
              "CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\nProxy-Authorization: Basic dTpw\r\n\r\n");
}

TEST(Tunnel, A200OpensIt) {
    EXPECT_EQ(kind_of("HTTP/1.1 200 Connection established\r\n\r\n"), "open");
    EXPECT_EQ(kind_of("HTTP/1.0 200 OK\r\nVia: x\r\n\r\n"), "open");
}

TEST(Tunnel, ARefusalOfUsIsTheProxysTrouble) {  // decision B11
    for (const char* status : {"401", "403", "407"})
        EXPECT_EQ(kind_of(fmt::format("HTTP/1.1 {} No\r\n\r\n", status)), "proxy");
    EXPECT_EQ(kind_of("SSH-2.0-x\r\n\r\n"), "proxy");
    EXPECT_EQ(kind_of("HTTP/1.1 2x0 OK\r\n\r\n"), "proxy");
}

TEST(Tunnel, ATargetThatCannotBeReachedIsTheCustomersTrouble) {
    EXPECT_EQ(kind_of("HTTP/1.1 502 Bad Gateway\r\n\r\n"), "connection_refused");
    EXPECT_EQ(kind_of("HTTP/1.1 503 No\r\nX-Envoy-Response-Flags: UT\r\n\r\n"), "timeout");
    EXPECT_EQ(kind_of("HTTP/1.1 503 No\r\nA: b\r\nx-envoy-response-flags:DF\r\n\r\n"), "dns_error");
    EXPECT_EQ(kind_of("HTTP/1.1 503 No\r\nx-envoy-response-flags: -\r\n\r\n"), "connection_refused");
}

class ThroughProxy : public DialerFixture {
protected:
    /// A proxy that answers every CONNECT with `reply`, without leading anywhere.
    std::shared_ptr<const Proxy> proxy(std::string reply) {
        Listener& listener = listen("127.0.0.1");
        listener.on_accept = [this, reply](tcp::socket& socket) {
            auto buffer = std::make_shared<std::string>();  // shared with the read, which grows it before anything came
            asio::async_read_until(socket, asio::dynamic_buffer(*buffer), "\r\n\r\n",
                                   [this, &socket, reply, buffer](boost::system::error_code, std::size_t) {
                                       request_ = *buffer;
                                       boost::system::error_code ignored;
                                       if (reply.empty()) socket.close(ignored);
                                       else asio::write(socket, asio::buffer(reply), ignored);
                                   });
        };
        return std::make_shared<const Proxy>(
            Proxy{.host = "127.0.0.1", .port = listener.port(), .tls = false, .authorization = "Basic dTpw"});
    }
    static DialRequest through(std::shared_ptr<const Proxy> proxy, const std::string& host) {
        DialRequest request = secure(host, 443);
        request.proxy = std::move(proxy);
        return request;
    }
    std::string request_;
};

TEST_F(ThroughProxy, NamesAreTheProxysToResolve) {
    EXPECT_EQ(kind(dial(through(proxy("HTTP/1.1 502 No\r\n\r\n"), "no-such-name.example"))), "connection_refused");
    EXPECT_TRUE(request_.starts_with("CONNECT no-such-name.example:443 HTTP/1.1\r\n")) << request_;
    EXPECT_TRUE(request_.contains("Proxy-Authorization: Basic dTpw\r\n"));
}

TEST_F(ThroughProxy, AForbiddenTargetIsNotAskedFor) {  // T-64
    set_policy({.mode = egress::Mode::public_only});
    for (const char* host : {"127.0.0.1", "169.254.169.254", "localhost", "metadata.google.internal", "10.0.0.1"}) {
        EXPECT_EQ(kind(dial(through(proxy("HTTP/1.1 200 OK\r\n\r\n"), host))), "blocked_address") << host;
        EXPECT_EQ(request_, "");
    }
    // The proxy itself is on loopback, where no customer may go.
    EXPECT_EQ(kind(dial(through(proxy("HTTP/1.1 502 No\r\n\r\n"), "a.example"))), "connection_refused");
}

TEST_F(ThroughProxy, AProxyThatIsGoneOrHangsUpIsOurTrouble) {  // T-49
    Listener& listener = listen("127.0.0.1");
    const auto gone = std::make_shared<const Proxy>(
        Proxy{.host = "127.0.0.1", .port = listener.port(), .tls = false, .authorization = {}});
    listener.acceptor.close();
    EXPECT_EQ(kind(dial(through(gone, "a.example"))), "proxy");
    EXPECT_EQ(kind(dial(through(proxy(""), "a.example"))), "proxy");
    EXPECT_EQ(kind(dial(through(proxy("HTTP/1.1 407 Who\r\n\r\n"), "a.example"))), "proxy");
    EXPECT_EQ(kind(dial(through(proxy("HTTP/1.1 200 OK\r\n\r\nmore"), "a.example"))), "proxy");
}

TEST_F(ThroughProxy, WithoutTlsItConnectsToTheProxyAndAsksNothing) {
    DialRequest request = through(proxy(""), "a.example");
    request.tls = false;
    EXPECT_EQ(kind(dial(request)), "connected");
    EXPECT_EQ(request_, "");
}

}  // namespace
}  // namespace outpost::net
