// Slow, many and silent clients (decision A4, hard-cases T-70, T-76).
#include "base/log.hpp"
#include "net/http/server_fixture.hpp"

#include "net/http/server_listener.hpp"

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <unistd.h>

namespace outpost::http {
namespace {

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

TEST(ServerTimeouts, ASlowHeaderIs408AfterTenSecondsHoweverItTrickles) {
    ServerFixture it;
    it.start();
    RawClient client = it.connect();
    const std::string endless = "GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(1000, 'x');
    std::size_t sent = 0;
    const auto passed = it.time_until(
        [&] {
            client.pump();
            if (!client.closed()) sent += client.send(endless.substr(sent, 1));  // slow loris
            return client.closed();
        },
        20s);
    ASSERT_TRUE(passed.has_value());
    EXPECT_GE(*passed, 10s);
    ASSERT_EQ(client.responses().size(), 1u);
    EXPECT_EQ(client.responses()[0].status, 408);
    EXPECT_EQ(client.responses()[0].field("Connection"), "close");
}

TEST(ServerTimeouts, ASlowBodyIs408AfterThirtySeconds) {
    const std::vector<std::string> framings = {"Content-Length: 100000", "Transfer-Encoding: chunked"};
    for (const std::string& framing : framings) {
        ServerFixture it;
        it.start();
        RawClient client = it.connect();
        client.send(fmt::format("POST / HTTP/1.1\r\nHost: h\r\n{}\r\n\r\n", framing));
        const auto passed = it.time_until(
            [&] {
                client.pump();
                if (!client.closed()) client.send(framing.starts_with("C") ? "x" : "1\r\nx\r\n");
                return client.closed();
            },
            40s);
        ASSERT_TRUE(passed.has_value()) << framing;
        EXPECT_GE(*passed, 30s) << framing;
        ASSERT_EQ(client.responses().size(), 1u) << framing;
        EXPECT_EQ(client.responses()[0].status, 408) << framing;
        EXPECT_TRUE(it.requests.empty());
    }
}

TEST(ServerTimeouts, AnIdleConnectionIsClosedSilentlyAndEachRequestStartsTheWaitAnew) {
    ServerFixture it;
    it.start();
    RawClient client = it.connect();
    for (int round = 0; round < 3; ++round) {
        EXPECT_EQ(it.ask(client, kGet).status, 200);
        it.clock.advance(70s);
        it.settle();
    }
    EXPECT_EQ(it.ask(client, kGet).status, 200);
    const auto passed = it.time_until(
        [&] {
            client.pump();
            return client.closed();
        },
        90s);
    ASSERT_TRUE(passed.has_value());
    EXPECT_GE(*passed, 75s);
    EXPECT_EQ(client.responses().size(), 4u);
}

Task<ServerResponse> huge_answer(ServerRequest) {
    ServerResponse response;
    response.body.assign(64 * 1024 * 1024, 'x');
    co_return response;
}

TEST(ServerTimeouts, AClientThatDoesNotReadIsClosed) {
    ServerFixture it;
    it.handler = [](std::size_t, ServerRequest request) { return huge_answer(std::move(request)); };
    it.settings.connections_max = 1;
    it.start();
    RawClient client = it.connect();
    client.small_receive_buffer();
    client.send(kGet);
    ASSERT_TRUE(it.until([&] { return it.requests.size() == 1; }));
    it.settle();
    it.clock.advance(31s);
    // Its place is free again: that it was closed can't be seen by reading, which would be progress.
    it.settle();
    RawClient other = it.connect();
    other.send(kGet);
    EXPECT_TRUE(it.until([&] { return it.requests.size() == 2; }));
}

Task<ServerResponse> wait_then_answer(Clock* clock, MonotonicTime::duration wait) {
    co_await clock->sleep_for(wait);
    co_return ServerResponse{};
}

TEST(ServerTimeouts, AHandlerMayTakeLongerThanAnyOfThem) {
    ServerFixture it;
    it.handler = [&](std::size_t, ServerRequest) { return wait_then_answer(&it.clock, 10min); };
    it.start();
    RawClient client = it.connect();
    client.send(kGet);
    ASSERT_TRUE(it.until([&] { return it.requests.size() == 1; }));
    const auto passed = it.time_until(
        [&] {
            client.pump();
            return client.closed() || client.responses().size() == 1;
        },
        11min);
    ASSERT_TRUE(passed.has_value());
    EXPECT_EQ(client.responses().size(), 1u);
}

TEST(ServerCapacity, ThreeHundredIdleConnectionsDoNotDisturbAnother) {
    ServerFixture it;
    it.start();
    std::vector<RawClient> idle;
    for (int i = 0; i < 300; ++i) idle.push_back(it.connect());
    RawClient client = it.connect();
    EXPECT_EQ(it.ask(client, kGet).status, 200);
    for (RawClient& each : idle) EXPECT_EQ(it.ask(each, kGet).status, 200);
    it.clock.advance(76s);
    for (RawClient& each : idle) EXPECT_TRUE(it.until_closed(each));
}

TEST(ServerCapacity, ConnectionsOverTheCapAreToldSoAndAPlaceThatIsFreeIsGivenAgain) {
    ServerFixture it;
    it.settings.connections_max = 2;
    it.start();
    auto first = std::make_unique<RawClient>(it.port());
    RawClient second = it.connect();
    EXPECT_EQ(it.ask(*first, kGet).status, 200);
    EXPECT_EQ(it.ask(second, kGet).status, 200);
    {
        RawClient third = it.connect();
        const WireResponse response = it.ask(third, kGet);
        EXPECT_EQ(response.status, 503);
        EXPECT_EQ(response.field("Connection"), "close");
        EXPECT_TRUE(it.until_closed(third));
    }
    EXPECT_EQ(it.requests.size(), 2u);
    first.reset();
    it.settle();
    RawClient fourth = it.connect();
    EXPECT_EQ(it.ask(fourth, kGet).status, 200);
}

TEST(ServerCapacity, AFloodOverTheCapIsBounded) {
    ServerFixture it;
    it.settings.connections_max = 1;
    it.start();
    RawClient first = it.connect();
    EXPECT_EQ(it.ask(first, kGet).status, 200);
    std::vector<RawClient> flood;
    for (std::size_t i = 0; i < kRefusalsMax + 50; ++i) flood.push_back(it.connect());
    std::size_t told = 0;
    for (RawClient& each : flood) {
        EXPECT_TRUE(it.until_closed(each));
        told += each.responses().size();
    }
    EXPECT_EQ(told, kRefusalsMax);
    EXPECT_EQ(it.ask(first, kGet).status, 200);
}

/// Leaves the process without a free descriptor while it lives.
class NoDescriptors {
public:
    NoDescriptors() {
        getrlimit(RLIMIT_NOFILE, &before_);
        const int lowest_free = ::dup(0);
        ::close(lowest_free);
        rlimit none = before_;
        none.rlim_cur = static_cast<rlim_t>(lowest_free);
        setrlimit(RLIMIT_NOFILE, &none);
    }
    ~NoDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }
    NoDescriptors(const NoDescriptors&) = delete;
    NoDescriptors& operator=(const NoDescriptors&) = delete;

private:
    rlimit before_{};
};

TEST(ServerCapacity, OutOfDescriptorsItPausesAndThenGoesOn) {
    ServerFixture it;
    it.start();
    it.settle();
    RawClient client = it.connect();
    client.send(kGet);
    // UBSan looks at a type for the first time through a pipe; the log is used below where no descriptor is left.
    log::info("http.test_begins", {});
    {
        const NoDescriptors none;
        // It waits on the clock, which stands still: were it trying on and on, settle() would not return.
        ASSERT_TRUE(it.until([&] { return it.clock.next_wake().has_value(); }));
        it.settle();
        EXPECT_TRUE(it.requests.empty());
    }
    it.clock.advance(kAcceptPauseMax);
    EXPECT_EQ(it.ask(client, "").status, 200);
}

TEST(ServerCapacity, HalfOfTheDescriptorsAreForClients) {
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    rlimit less = before;
    less.rlim_cur = 900;
    setrlimit(RLIMIT_NOFILE, &less);
    EXPECT_EQ(connections_from_descriptor_limit(), 450u);
    setrlimit(RLIMIT_NOFILE, &before);
}

TEST(ServerTimeouts, AServerWithoutConnectionsSetsNoTimer) {
    ServerFixture it;
    it.start();
    it.settle();
    EXPECT_FALSE(it.clock.next_wake().has_value());
    {
        RawClient client = it.connect();
        EXPECT_EQ(it.ask(client, kGet).status, 200);
        EXPECT_TRUE(it.clock.next_wake().has_value());
    }
    it.settle();
    it.clock.advance(1s);
    it.settle();
    EXPECT_FALSE(it.clock.next_wake().has_value());
    RawClient again = it.connect();
    EXPECT_EQ(it.ask(again, kGet).status, 200);
    EXPECT_TRUE(it.clock.next_wake().has_value());
}

}  // namespace
}  // namespace outpost::http
