// How long the steps of a request took (portal.md §15a N7).
#include "net/http/client.hpp"

#include "net/http/client_fixture.hpp"

namespace outpost::http {
namespace {

using namespace std::chrono_literals;

class ClientTiming : public ClientFixture {
protected:
    /// One request that is answered `wait` after it has arrived.
    std::shared_ptr<Sending> answered_after(MonotonicTime::duration wait) {
        const std::size_t before = peer_.requests.size();
        auto sending = start(post());
        EXPECT_TRUE(until([&] { return peer_.requests.size() > before; }));
        clock_.advance(wait);
        peer_.go_on();
        EXPECT_TRUE(await(sending).has_value());
        return sending;
    }
};

TEST_F(ClientTiming, MeasuresTheStepsOfAFreshConnectionAndOfAReusedOne) {
    peer_.play({{request(), pause(), send(ok("a")), request(), pause(), send(ok("b")), await_close()}});
    const Timing fresh = answered_after(70ms)->report.timing;
    EXPECT_EQ(fresh.dns, std::nullopt) << "a literal address";
    EXPECT_EQ(fresh.connect, Timing::Step(0ms));
    EXPECT_EQ(fresh.tls, std::nullopt);
    EXPECT_EQ(fresh.first_byte, Timing::Step(70ms));
    EXPECT_EQ(fresh.total, 70ms);
    EXPECT_FALSE(fresh.connection_reused);
    const Timing reused = answered_after(30ms)->report.timing;
    EXPECT_EQ(reused.connect, std::nullopt);
    EXPECT_EQ(reused.first_byte, Timing::Step(30ms));
    EXPECT_EQ(reused.total, 30ms);
    EXPECT_TRUE(reused.connection_reused);
}

TEST_F(ClientTiming, GivesTheRequestBackWhenThereIsNoResponse) {
    peer_.play({{request(), await_close()}});
    auto sending = start(post(R"({"mine":1})"), Deadline::after(clock_, 100ms));
    EXPECT_TRUE(until([&] { return !peer_.requests.empty(); }));
    clock_.advance(200ms);
    const auto answer = await(sending);
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().kind, net::FailureKind::timeout);
    EXPECT_EQ(sending->report.request.body.view(), R"({"mine":1})");
    EXPECT_EQ(sending->report.timing.total, 200ms);
    EXPECT_EQ(sending->report.timing.first_byte, std::nullopt);
    EXPECT_EQ(sending->report.timing.connect, Timing::Step(0ms));
}

TEST_F(ClientTiming, MeasuresTheStepThatFailed) {
    ClientRequest request = post();
    request.url.host = "localhost";
    request.url.port = 1;
    const auto sending = start(std::move(request));
    EXPECT_FALSE(await(sending).has_value());
    EXPECT_NE(sending->report.timing.dns, std::nullopt);
    EXPECT_NE(sending->report.timing.connect, std::nullopt);
    EXPECT_EQ(sending->report.timing.first_byte, std::nullopt);
    EXPECT_EQ(sending->report.request.url.host, "localhost");
}

}  // namespace
}  // namespace outpost::http
