#include "net/http/client_fixture.hpp"

#include "net/tls/test_certificate.hpp"

namespace outpost::http {
namespace {

/// Made before the fixture, which listens with it.
struct ServerSide {
    tls::TestAuthority authority;
    boost::asio::ssl::context context = tls::test_server_context(authority.issue({.ip_addresses = {"127.0.0.1"}}));
};

class ClientOverTls : private ServerSide, public ClientFixture {
protected:
    ClientOverTls() : ClientFixture(&context) { scheme_ = "https"; }
    void trust() { authority.trusted_by(tls_); }
};

TEST_F(ClientOverTls, SendsRequestsOverOneConnection) {
    trust();
    peer_.play({always(ok("a"))});
    EXPECT_EQ(text(ask(post())), "200 a");
    EXPECT_EQ(text(ask(post(std::string(3'000'000, 'x')))), "200 a [reused]");
    EXPECT_EQ(text(ask(with_method("GET"))), "200 a [reused]");
    EXPECT_EQ(peer_.accepted, 1u);
    ASSERT_EQ(peer_.requests.size(), 3u);
    EXPECT_TRUE(peer_.requests[0].ends_with("\r\n\r\n{}"));
}

TEST_F(ClientOverTls, ReadsLargeResponsesWhole) {
    trust();
    limits_.body_bytes_max = 2'000'000;
    const std::string body(1'500'000, 'y');
    peer_.play({always(ok(body))});
    for (int i = 0; i < 2; ++i) {
        const auto answer = ask(post());
        ASSERT_TRUE(answer.has_value());
        EXPECT_EQ(answer->body, body);
    }
    EXPECT_EQ(peer_.accepted, 1u);
}

TEST_F(ClientOverTls, TakesAnUnannouncedEndForACutBody) {
    trust();
    EXPECT_EQ(outcome({{request(), send("HTTP/1.0 200 OK\r\n\r\nhello"), close()}}), "200 hello [incomplete]");
}

TEST_F(ClientOverTls, SendsAgainWhenTheReusedConnectionWasClosed) {
    trust();
    peer_.play({{request(), send(ok("first")), request(), close()}, always(ok("second"))});
    EXPECT_EQ(text(ask(post())), "200 first");
    EXPECT_EQ(text(ask(post())), "200 second");
    EXPECT_EQ(peer_.accepted, 2u);
}

TEST_F(ClientOverTls, DoesNotUseAnIdleConnectionOnWhichBytesCame) {
    trust();
    peer_.play({{request(), send(ok("first")), pause(), send(ok("stray")), await_close()}, always(ok("second"))});
    EXPECT_EQ(text(ask(post())), "200 first");
    ASSERT_TRUE(until([&] { return peer_.paused; }));
    peer_.go_on();
    ASSERT_TRUE(until([&] { return !peer_.paused; }));
    settle();
    ASSERT_TRUE(until_readable());
    EXPECT_EQ(text(ask(post())), "200 second");
    EXPECT_EQ(client_->counts().reused, 0u);
}

TEST_F(ClientOverTls, TrustsNobodyByItself) {
    peer_.play({always(ok("a"))});
    EXPECT_EQ(text(ask(post())), "tls_error");
    EXPECT_EQ(peer_.requests.size(), 0u);
}

}  // namespace
}  // namespace outpost::http
