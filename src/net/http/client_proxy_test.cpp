// destinations.md §2.10; decision B11; hard-cases T-49.
#include "net/http/client_proxy.hpp"

#include "net/http/client_fixture.hpp"
#include "net/http/client_request.hpp"

namespace outpost::http {
namespace {

std::string refusal(std::string_view url) {
    const auto parsed = parse_proxy_url(url);
    return parsed ? "accepted" : parsed.error().text();
}

TEST(ProxyUrl, BecomesAHostAPortAndCredentials) {
    const auto plain = parse_proxy_url("http://Proxy.Example:3128");
    ASSERT_TRUE(plain.has_value());
    EXPECT_EQ(plain->host, "proxy.example");
    EXPECT_EQ(plain->port, 3128);
    EXPECT_EQ(plain->authorization, "");
    EXPECT_FALSE(plain->tls);
    EXPECT_TRUE(parse_proxy_url("https://proxy.example")->tls);
    const auto with_credentials = parse_proxy_url("http://us%40er:p%3Aw@10.0.0.1/");
    ASSERT_TRUE(with_credentials.has_value());
    EXPECT_EQ(with_credentials->port, 80);
    EXPECT_EQ(with_credentials->authorization, "Basic dXNAZXI6cDp3");  // us@er:p:w
}

TEST(ProxyUrl, IsRefusedWithoutBeingRepeated) {
    EXPECT_EQ(refusal("socks5://user:hunter2@proxy:1080"), "only proxies of scheme http or https are supported");
    EXPECT_EQ(refusal("http://user:hunter2@proxy:3128/path"), "a proxy has no path");
    EXPECT_FALSE(refusal("http://user:hunter2@pro xy").contains("hunter2"));
    EXPECT_NE(refusal("proxy:3128"), "accepted");
}

class ThroughProxy : public ClientFixture {
protected:
    ThroughProxy() {
        proxy_ = std::make_shared<const net::Proxy>(
            net::Proxy{.host = "127.0.0.1", .port = peer_.port(), .tls = false, .authorization = "Basic dTpw"});
    }
    ClientRequest via(std::string_view url) {
        ClientRequest request = post();
        request.url = *parse_url(url);
        request.proxy = proxy_;
        return request;
    }
    std::shared_ptr<const net::Proxy> proxy_;
};

TEST_F(ThroughProxy, APlainRequestIsWrittenInFullWithTheProxysCredentials) {
    peer_.play({always(ok("fine"))});
    EXPECT_EQ(text(ask(via("http://u:p@a.example:8080/x?y=1"))), "200 fine");
    const std::string& sent = peer_.requests.at(0);
    EXPECT_TRUE(sent.starts_with("POST http://a.example:8080/x?y=1 HTTP/1.1\r\nHost: a.example:8080\r\n")) << sent;
    EXPECT_TRUE(sent.contains("Proxy-Authorization: Basic dTpw\r\n")) << sent;
    EXPECT_TRUE(sent.contains("\r\nAuthorization: Basic dTpw\r\n")) << sent;  // the URL's own
}

TEST_F(ThroughProxy, AConnectionToItServesOneOriginAndIsUsedAgain) {
    peer_.play({always(ok("fine"))});
    EXPECT_EQ(text(ask(via("http://a.example/"))), "200 fine");
    EXPECT_EQ(client_->counts().opened, 1u);
    ask(via("http://a.example/"));
    EXPECT_EQ(client_->counts().opened, 1u);
    ask(via("http://b.example/"));
    EXPECT_EQ(client_->counts().opened, 2u);
}

TEST_F(ThroughProxy, ADirectRequestDoesNotUseItsConnections) {
    peer_.play({always(ok("fine"))});
    ClientRequest direct = post();
    ask(via(direct.url.origin() + "/"));
    ask(std::move(direct));
    EXPECT_EQ(client_->counts().opened, 2u);
    EXPECT_FALSE(peer_.requests.at(1).contains("Proxy-Authorization"));
}

TEST_F(ThroughProxy, ItsOwnRefusalIsOurs) {
    peer_.play({always("HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n")});
    EXPECT_EQ(text(ask(via("http://a.example/"))), "proxy");
    peer_.play({always("HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n")});
    EXPECT_EQ(text(ask(via("https://a.example/"))), "proxy");
}

TEST_F(ThroughProxy, EnvoysFlagsSayWhatHappenedToTheTarget) {
    peer_.play({always("HTTP/1.1 503 No\r\nx-envoy-response-flags: UT\r\nContent-Length: 0\r\n\r\n")});
    EXPECT_EQ(text(ask(via("http://a.example/"))), "timeout");
    peer_.play({always("HTTP/1.1 503 No\r\nx-envoy-response-flags: -\r\nContent-Length: 0\r\n\r\n")});
    EXPECT_EQ(text(ask(via("http://b.example/"))), "503 ");
}

TEST_F(ThroughProxy, AnAnswerlessTunnelIsTheTargetsTimeout) {
    peer_.play({{{Step::What::read_head}, await_close()}});
    const auto sending = start(via("https://a.example/"), Deadline(clock_.monotonic() + std::chrono::seconds(5)));
    ASSERT_TRUE(until([&] { return !peer_.requests.empty(); }));
    clock_.advance(std::chrono::seconds(6));
    EXPECT_EQ(text(await(sending)), "timeout");
}

TEST_F(ThroughProxy, ItIsJudgedByThePolicyBeforeAnythingIsSent) {
    policy_ = *egress::Policy::make({.mode = egress::Mode::block_metadata});
    EXPECT_EQ(text(ask(via("http://169.254.169.254/latest"))), "blocked_address");
    EXPECT_EQ(text(ask(via("https://[::ffff:169.254.169.254]/"))), "blocked_address");
    EXPECT_EQ(peer_.accepted, 0u);
}

}  // namespace
}  // namespace outpost::http
