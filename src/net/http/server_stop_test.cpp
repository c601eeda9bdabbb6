// Stopping: requests in progress finish, nothing else begins (decision D13).
#include "net/http/server_fixture.hpp"

#include "base/oneshot.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <thread>

#include <gtest/gtest.h>

namespace outpost::http {
namespace {

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

Task<ServerResponse> wait_then_answer(Clock* clock, MonotonicTime::duration wait) {
    co_await clock->sleep_for(wait);
    ServerResponse response;
    response.body = "done";
    co_return response;
}

Deadline in(ServerFixture& it, MonotonicTime::duration wait) {
    return Deadline::after(it.clock, wait);
}

TEST(ServerStop, ARequestInProgressFinishesAndItsConnectionCloses) {
    ServerFixture it;
    it.handler = [&](std::size_t, ServerRequest) { return wait_then_answer(&it.clock, 5s); };
    it.start();
    RawClient client = it.connect();
    client.send(std::string(kGet) + std::string(kGet));  // the second one comes too late
    ASSERT_TRUE(it.until([&] { return it.requests.size() == 1; }));
    it.begin_stop(in(it, 30s));
    it.settle();
    EXPECT_FALSE(it.stopped());
    it.clock.advance(6s);
    ASSERT_TRUE(it.until([&] { return it.stopped(); }));
    EXPECT_TRUE(it.until_closed(client));
    ASSERT_EQ(client.responses().size(), 1u);
    EXPECT_EQ(client.responses()[0].body, "done");
    EXPECT_EQ(client.responses()[0].field("Connection"), "close");
    EXPECT_EQ(it.requests.size(), 1u);
}

TEST(ServerStop, AtTheDeadlineWhatRemainsIsCut) {
    ServerFixture it;
    it.handler = [&](std::size_t, ServerRequest) { return wait_then_answer(&it.clock, 1h); };
    it.start();
    RawClient handled = it.connect();
    RawClient half_sent = it.connect();
    handled.send(kGet);
    half_sent.send("GET / HT");
    ASSERT_TRUE(it.until([&] { return it.requests.size() == 1; }));
    it.settle();
    it.begin_stop(in(it, 10s));
    it.clock.advance(9s);
    it.settle();
    EXPECT_FALSE(it.stopped());
    it.clock.advance(2s);
    ASSERT_TRUE(it.until([&] { return it.stopped(); }));
    EXPECT_TRUE(it.until_closed(handled));
    EXPECT_TRUE(handled.received().empty());
    EXPECT_TRUE(it.until_closed(half_sent));
}

TEST(ServerStop, IdleConnectionsCloseAtOnceAndNewOnesAreNotAccepted) {
    ServerFixture it;
    it.handler = [&](std::size_t, ServerRequest) { return wait_then_answer(&it.clock, 5s); };
    it.start();
    RawClient idle = it.connect();
    RawClient busy = it.connect();
    busy.send(kGet);
    ASSERT_TRUE(it.until([&] { return it.requests.size() == 1; }));
    it.settle();
    it.begin_stop(in(it, 30s));
    EXPECT_TRUE(it.until_closed(idle));
    EXPECT_TRUE(idle.received().empty());
    EXPECT_FALSE(it.stopped());
    EXPECT_THROW(it.connect(), std::runtime_error);
    it.clock.advance(6s);
    EXPECT_TRUE(it.until([&] { return it.stopped(); }));
}

TEST(ServerStop, ARequestThatArrivedBeforeIsStillAnswered) {
    ServerFixture it;
    it.start();
    RawClient client = it.connect();
    EXPECT_EQ(it.ask(client, kGet).status, 200);
    client.send(kGet);  // in the kernel, not read yet
    it.begin_stop(in(it, 30s));
    EXPECT_TRUE(it.until_closed(client));
    EXPECT_EQ(client.responses().size(), 2u);
    EXPECT_TRUE(it.until([&] { return it.stopped(); }));
}

TEST(ServerStop, WithoutAConnectionItReturnsAtOnceWhateverTheDeadline) {
    for (const bool passed : {true, false}) {
        ServerFixture it;
        it.start();
        it.stop(passed ? Deadline(it.clock.monotonic()) : Deadline::never());
        EXPECT_TRUE(it.stopped());
    }
}

TEST(ServerStop, AServerThatDidNotStartStops) {
    ServerFixture first;
    first.start();
    ServerFixture second;
    second.settings.port = first.port();
    EXPECT_THROW(second.start(), std::runtime_error);
    second.stop();
    EXPECT_TRUE(second.stopped());
}

Task<ServerResponse> short_answer(ServerRequest request) {
    ServerResponse response;
    response.body = request.body.view();
    co_return response;
}

/// Blocking client: `rounds` requests of a body, each answered with it.
bool talk(std::uint16_t port, int rounds) {
    RawClient client(port);
    for (int round = 1; round <= rounds; ++round) {
        client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello");
        while (client.responses().size() < static_cast<std::size_t>(round) && !client.closed()) {
            client.pump();
            std::this_thread::yield();
        }
        if (client.closed()) return false;
    }
    return client.responses().size() == static_cast<std::size_t>(rounds);
}

TEST(ServerThreads, TwoShardsOnTheirOwnThreadsServeAndStop) {
    boost::asio::io_context first(1);
    boost::asio::io_context second(1);
    const auto first_work = boost::asio::make_work_guard(first);
    const auto second_work = boost::asio::make_work_guard(second);
    const Shards shards({first.get_executor(), second.get_executor()});
    SystemClock clock;
    ServerSettings settings;
    settings.address = "127.0.0.1";
    settings.port = 0;
    Server server(shards, clock, settings, {short_answer, short_answer});
    ASSERT_TRUE(server.start().has_value());
    std::thread first_thread([&] { first.run(); });
    std::thread second_thread([&] { second.run(); });

    std::array<bool, 4> fine{};
    std::vector<std::thread> clients;
    for (bool& each : fine)
        clients.emplace_back([&each, &server] {
            each = true;
            for (int connection = 0; connection < 20; ++connection) each = talk(server.port(), 10) && each;
        });
    for (std::thread& each : clients) each.join();
    RawClient idle(server.port());
    auto stopped = boost::asio::co_spawn(second, server.stop(Deadline::after(clock, 20s)), boost::asio::use_future);
    stopped.get();
    first.stop();
    second.stop();
    first_thread.join();
    second_thread.join();
    for (const bool each : fine) EXPECT_TRUE(each);
}

}  // namespace
}  // namespace outpost::http
