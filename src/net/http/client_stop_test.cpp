// Requests that are cancelled, and clients that end under their requests.
#include "net/http/client_fixture.hpp"

#include <boost/asio/cancellation_type.hpp>

namespace outpost::http {
namespace {

using namespace std::chrono_literals;

class ClientStop : public ClientFixture {
protected:
    /// A request whose connection waits for the answer, or for the rest of its body.
    std::shared_ptr<Sending> start_waiting(std::string begun = {}) {
        peer_.play({{request(), send(std::move(begun)), pause(), await_close()}});
        auto sending = start(post(), Deadline::after(clock_, 5s));
        EXPECT_TRUE(until([&] { return peer_.paused; }));
        EXPECT_TRUE(until_delivered());
        return sending;
    }
    bool connection_was_closed() {
        peer_.go_on();
        return until([&] { return peer_.closed_by_client == 1; });
    }
};

const char* const kHalf = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf";

TEST_F(ClientStop, ACancelledRequestClosesItsConnection) {
    const auto sending = start_waiting();
    sending->cancel.emit(boost::asio::cancellation_type::terminal);
    EXPECT_EQ(text(await(sending)), "cancelled");
    EXPECT_TRUE(connection_was_closed());
}

TEST_F(ClientStop, ACancelledRequestHasNoResponseEvenIfItHasBegun) {  // our stop is not the customer's failure
    const auto sending = start_waiting(kHalf);
    sending->cancel.emit(boost::asio::cancellation_type::terminal);
    EXPECT_EQ(text(await(sending)), "cancelled");
    EXPECT_TRUE(connection_was_closed());
}

TEST_F(ClientStop, ClosingLeavesRequestsInFlightAlone) {
    peer_.play({{request(), pause(), send(ok("a")), await_close()}});
    const auto sending = start(post());
    ASSERT_TRUE(until([&] { return peer_.paused; }));
    client_->close();
    peer_.go_on();
    EXPECT_EQ(text(await(sending)), "200 a");
    EXPECT_TRUE(until([&] { return peer_.closed_by_client == 1; }));
}

TEST_F(ClientStop, DestructionEndsRequestsInFlight) {
    const auto sending = start_waiting(kHalf);
    client_.reset();
    EXPECT_EQ(text(await(sending)), "cancelled");
    EXPECT_TRUE(connection_was_closed());
    settle();
    EXPECT_FALSE(clock_.next_wake().has_value()) << "nothing of it runs on";
}

TEST_F(ClientStop, DestructionBeforeARequestHasBegunToRunIsSafe) {
    peer_.play({always(ok("a"))});
    const auto sending = start(post());
    client_.reset();
    EXPECT_EQ(text(await(sending)), "cancelled");
    EXPECT_EQ(peer_.requests.size(), 0u);
}

TEST_F(ClientStop, StoppingWaitsForRequestsAndRefusesLaterOnes) {
    const auto sending = start_waiting();
    run(client_->stop());
    EXPECT_TRUE(sending->ended);
    EXPECT_EQ(text(*sending->answer), "cancelled");
    EXPECT_FALSE(clock_.next_wake().has_value());
    EXPECT_EQ(text(ask(post())), "cancelled");
    EXPECT_TRUE(connection_was_closed());
}

TEST_F(ClientStop, StoppingAnIdleClientReturnsAndClosesWhatIdles) {
    peer_.play({{request(), send(ok("a")), await_close()}});
    EXPECT_EQ(text(ask(post())), "200 a");
    run(client_->stop());
    EXPECT_TRUE(until([&] { return peer_.closed_by_client == 1; }));
    run(client_->stop());
}

TEST_F(ClientStop, EndsDialsThatHang) {
    // Nothing accepts here and the queue is full: the connection stays half open.
    boost::asio::ip::tcp::acceptor full(io_);
    full.open(boost::asio::ip::tcp::v4());
    full.bind({boost::asio::ip::address_v4::loopback(), 0});
    full.listen(0);
    ClientRequest request = post();
    request.url.port = full.local_endpoint().port();
    std::vector<std::shared_ptr<Sending>> dialing;
    for (int i = 0; i < 4; ++i) dialing.push_back(start(request, Deadline::after(clock_, 5s)));
    settle();
    dialing[0]->cancel.emit(boost::asio::cancellation_type::terminal);
    EXPECT_EQ(text(await(dialing[0])), "cancelled");
    clock_.advance(5050ms);
    EXPECT_EQ(text(await(dialing[1])), "timeout");
    dialing.push_back(start(request));
    settle();
    run(client_->stop());
    EXPECT_EQ(text(await(dialing.back())), "cancelled");
}

}  // namespace
}  // namespace outpost::http
