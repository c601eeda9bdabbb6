// Which requests share a connection, and what happens when it is not as good as it looked (T-36, T-39, T-43).
#include "net/http/client_fixture.hpp"

namespace outpost::http {
namespace {

using namespace std::chrono_literals;

class ClientReuse : public ClientFixture {
protected:
    /// How one connection ends after a good answer: what the next request comes to, and over how many connections.
    std::string next_after(Script first) {
        peer_.play({std::move(first), always(ok("second"))});
        EXPECT_EQ(text(ask(post("one"))), "200 first");
        EXPECT_TRUE(until([&] { return peer_.paused; }));
        peer_.go_on();
        EXPECT_TRUE(until([&] { return !peer_.paused; }));
        settle();
        EXPECT_TRUE(until_readable());
        return fmt::format("{} over {}", text(ask(post("two"))), peer_.accepted);
    }
    std::vector<std::shared_ptr<Sending>> start_many(std::size_t count) {
        std::vector<std::shared_ptr<Sending>> all;
        for (std::size_t i = 0; i < count; ++i) all.push_back(start(post()));
        return all;
    }
};

TEST_F(ClientReuse, SendsTwoHundredRequestsOverOneConnection) {
    peer_.play({always(ok("a"))});
    for (int i = 0; i < 200; ++i) ASSERT_EQ(text(ask(post())), i == 0 ? "200 a" : "200 a [reused]");
    EXPECT_EQ(peer_.accepted, 1u);
    EXPECT_EQ(peer_.requests.size(), 200u);
    EXPECT_EQ(client_->counts().opened, 1u);
    EXPECT_EQ(client_->counts().reused, 199u);
}

TEST_F(ClientReuse, HappensAfterEveryFormOfCompleteResponse) {
    const std::string chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n";
    for (const std::string& response :
         {chunks, std::string("HTTP/1.1 204 No Content\r\n\r\n"),
          std::string("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n"),
          ok(std::string(900, 'x'))}) {
        client_->close();
        peer_.accepted = 0;
        peer_.play({always(response)});
        for (int i = 0; i < 3; ++i) EXPECT_TRUE(ask(post()).has_value());
        EXPECT_EQ(peer_.accepted, 1u) << response;
    }
}

TEST_F(ClientReuse, NeverHappensAfterAnAnomaly) {
    const std::string not_kept[] = {
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        ok("") + "surplus",
        ok("") + ok("an answer to the next request"),
        ok(std::string(1001, 'x')),
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
    };
    for (const std::string& response : not_kept) {
        peer_.accepted = 0;
        peer_.play({{request(), send(response), await_close()}, {request(), send(ok("second")), await_close()}});
        EXPECT_TRUE(ask(post()).has_value());
        EXPECT_EQ(text(ask(post())), "200 second") << response;
        EXPECT_EQ(peer_.accepted, 2u) << response;
        client_->close();
    }
}

TEST_F(ClientReuse, LooksWhetherTheIdleConnectionIsStillOpenAndSilent) {
    EXPECT_EQ(next_after({request(), send(ok("first")), pause(), close()}), "200 second over 2");
    EXPECT_EQ(client_->counts().reused, 0u);
    EXPECT_EQ(peer_.requests.size(), 2u) << "nothing was sent into the closed connection";
}

TEST_F(ClientReuse, DropsAnIdleConnectionThatWasReset) {
    EXPECT_EQ(next_after({request(), send(ok("first")), pause(), reset()}), "200 second over 2");
    EXPECT_EQ(client_->counts().reused, 0u);
}

TEST_F(ClientReuse, DropsAnIdleConnectionOnWhichBytesCame) {
    EXPECT_EQ(next_after({request(), send(ok("first")), pause(), send(ok("stray")), await_close()}),
              "200 second over 2");
    EXPECT_EQ(client_->counts().reused, 0u);
}

TEST_F(ClientReuse, SendsAgainOnceWhenThePeerClosedWithoutAByte) {  // T-39: closed exactly at reuse
    for (const Step& end : {close(), reset()}) {
        client_->close();
        peer_.accepted = 0;
        peer_.requests.clear();
        peer_.play({{request(), send(ok("first")), request(), end}, always(ok("second"))});
        EXPECT_EQ(text(ask(post("one"))), "200 first");
        EXPECT_EQ(text(ask(post("two"))), "200 second");
        ASSERT_EQ(peer_.requests.size(), 3u);
        EXPECT_EQ(peer_.requests[1], peer_.requests[2]);
        EXPECT_EQ(peer_.accepted, 2u);
    }
}

TEST_F(ClientReuse, SendsAgainWhenThePeerClosedBeforeTheRequestWasWritten) {
    peer_.play({{request(), send(ok("first")), {Step::What::read_head}, reset()}, always(ok("second"))});
    EXPECT_EQ(text(ask(post("one"))), "200 first");
    EXPECT_EQ(text(ask(post(std::string(16 * 1024 * 1024, 'x')))), "200 second");
    EXPECT_EQ(peer_.accepted, 2u);
}

TEST_F(ClientReuse, SendsAgainOnlyOnce) {
    peer_.play({{request(), send(ok("first")), request(), close()}, {request(), close()}});
    EXPECT_EQ(text(ask(post())), "200 first");
    EXPECT_EQ(text(ask(post())), "network_error");
    EXPECT_EQ(peer_.accepted, 2u);
}

TEST_F(ClientReuse, DoesNotSendAgainOnceAByteCame) {
    peer_.play({{request(), send(ok("first")), request(), send("H"), close()}, always(ok("second"))});
    EXPECT_EQ(text(ask(post())), "200 first");
    EXPECT_EQ(text(ask(post())), "network_error");
    EXPECT_EQ(peer_.accepted, 1u);
}

TEST_F(ClientReuse, OpensNoMoreConnectionsThanRequestsAtOnce) {  // T-43
    peer_.play({always(ok("a"))});
    for (int round = 0; round < 3; ++round)
        for (const auto& sending : start_many(20)) EXPECT_TRUE(await(sending).has_value());
    EXPECT_EQ(peer_.accepted, 20u);
    EXPECT_EQ(client_->counts().opened, 20u);
    EXPECT_EQ(client_->counts().reused, 40u);
}

TEST_F(ClientReuse, KeepsNoMoreIdleThanItMay) {
    for (const ClientSettings settings :
         {ClientSettings{.idle_connections_per_origin_max = 2}, ClientSettings{.idle_connections_max = 2}}) {
        use(settings);
        peer_.closed_by_client = 0;
        peer_.play({always(ok("a"))});
        for (const auto& sending : start_many(5)) EXPECT_TRUE(await(sending).has_value());
        EXPECT_TRUE(until([&] { return peer_.closed_by_client == 3; }));
        for (const auto& sending : start_many(2)) EXPECT_EQ(text(await(sending)), "200 a [reused]");
        client_->close();
        EXPECT_TRUE(until([&] { return peer_.closed_by_client == 5; }));
    }
}

TEST_F(ClientReuse, KeepsOriginsApart) {
    use({.idle_connections_max = 2});
    peer_.play({always(ok("a"))});
    ClientRequest other = post();
    other.url.host = "localhost";
    EXPECT_EQ(text(ask(post())), "200 a");
    EXPECT_EQ(text(ask(other)), "200 a");
    EXPECT_EQ(text(ask(post())), "200 a [reused]");
    EXPECT_EQ(text(ask(other)), "200 a [reused]");
    client_->drop(other.url.origin());
    EXPECT_EQ(text(ask(other)), "200 a");
    EXPECT_EQ(text(ask(post())), "200 a [reused]");
}

TEST_F(ClientReuse, EndsAfterTheIdleTimeoutWithoutAnotherRequest) {
    use({.idle_timeout = 90s});
    peer_.play({{request(), send(ok("a")), await_close()}});
    EXPECT_EQ(text(ask(post())), "200 a");
    clock_.advance(89s);
    settle();
    EXPECT_EQ(peer_.closed_by_client, 0u);
    clock_.advance(1s);
    EXPECT_TRUE(until([&] { return peer_.closed_by_client == 1; }));
}

TEST_F(ClientReuse, EndsForConnectionsInUseWhenTheirOriginIsDropped) {  // B9
    peer_.play({{request(), pause(), send(ok("first")), await_close()}, always(ok("second"))});
    const auto sending = start(post());
    ASSERT_TRUE(until([&] { return peer_.paused; }));
    client_->drop(post().url.origin());
    peer_.go_on();
    EXPECT_EQ(text(await(sending)), "200 first");
    EXPECT_TRUE(until([&] { return peer_.closed_by_client == 1; }));
    EXPECT_EQ(text(ask(post())), "200 second");
}

}  // namespace
}  // namespace outpost::http
