#include "net/http/client.hpp"

#include "net/http/client_fixture.hpp"
#include "net/http/client_gzip_sample.hpp"

namespace outpost::http {
namespace {

using namespace std::chrono_literals;

class ClientTest : public ClientFixture {
protected:
    Deadline in(MonotonicTime::duration wait) { return Deadline::after(clock_, wait); }
};

std::string chunked(std::string_view chunks) {
    return fmt::format("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{}", chunks);
}

TEST_F(ClientTest, SendsHeadAndBodyAndReturnsTheResponse) {
    peer_.play(
        {{request(), send("HTTP/1.1 202 Accepted\r\nX-Answer: yes\r\nContent-Length: 4\r\n\r\ndone"), await_close()}});
    ClientRequest request = post(R"({"a":1})");
    request.url.target = "/hook?x=1";
    request.headers = {{"Content-Type", "application/json"}};
    const auto answer = ask(std::move(request));
    EXPECT_EQ(text(answer), "202 done");
    EXPECT_EQ(answer->headers.find("x-answer"), "yes");
    ASSERT_EQ(peer_.requests.size(), 1u);
    EXPECT_EQ(peer_.requests[0], fmt::format("POST /hook?x=1 HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Length: 7\r\n"
                                             "Content-Type: application/json\r\nAccept-Encoding: gzip\r\n\r\n{}",
                                             peer_.port(), R"({"a":1})"));
}

TEST_F(ClientTest, SendsBodiesLargerThanTheSocketTakesAtOnce) {
    peer_.play({{request(), send(ok("got it")), await_close()}});
    std::string body(4 * 1024 * 1024, 'a');
    for (std::size_t i = 0; i < body.size(); i += 1009) body[i] = static_cast<char>('b' + i % 7);
    EXPECT_EQ(text(ask(post(body))), "200 got it");
    ASSERT_EQ(peer_.requests.size(), 1u);
    EXPECT_TRUE(peer_.requests[0].ends_with(body));
}

TEST_F(ClientTest, SendsNothingWhenAHeaderCantBeWritten) {  // T-65
    peer_.play({always(ok("a"))});
    ClientRequest request = post();
    request.headers.add("X-A", "1\r\nX-B: 2");
    EXPECT_EQ(text(ask(std::move(request))), "network_error");
    settle();
    EXPECT_EQ(peer_.accepted, 0u);
}

TEST_F(ClientTest, UnderstandsEveryFormOfResponse) {
    struct Row {
        std::string bytes;
        std::string expected;
        bool close = false;
    };
    const std::vector<Row> rows = {
        {chunked("5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n"), "200 hello!"},
        {"HTTP/1.0 200 OK\r\n\r\nuntil the end", "200 until the end", true},
        {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n" + ok("final"), "200 final"},
        {"HTTP/1.1 204 No Content\r\n\r\n", "204 "},
        {"HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n", "304 "},
        {"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", "302 "},
        {fmt::format("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n{}", gzipped("zip").size(),
                     gzipped("zip")),
         "200 zip"},
    };
    for (const Row& row : rows) {
        client_->close();
        peer_.accepted = 0;
        EXPECT_EQ(outcome({{request(), send(row.bytes), row.close ? close() : await_close()}}), row.expected);
    }
}

TEST_F(ClientTest, ReadsNoBodyAfterHead) {
    peer_.play(
        {{request(), send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"), request(), send(ok("a")), await_close()}});
    EXPECT_EQ(text(ask(with_method("HEAD"))), "200 ");
    EXPECT_EQ(text(ask(with_method("GET"))), "200 a [reused]");
}

TEST_F(ClientTest, NamesTheFailure) {  // T-30, T-36, destinations.md §2.9
    const Step finish{Step::What::finish};
    struct Row {
        Script script;
        std::string expected;
    };
    const std::vector<Row> rows = {
        {{request(), close()}, "network_error"},
        {{request(), finish}, "network_error"},
        {{request(), reset()}, "connection_reset"},
        {{request(), send("HTTP/1.1 200 O"), close()}, "network_error"},
        {{request(), send("HTTP/1.1 200 OK\r\nX: y\r\n"), reset()}, "connection_reset"},
        {{request(), send("SSH-2.0-OpenSSH_9\r\n\r\n"), await_close()}, "network_error"},
        {{request(), send("HTTP/1.1 200 OK\r\nX: " + std::string(5000, 'x')), await_close()}, "network_error"},
        {{request(), send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"), await_close()},
         "network_error"},
        {{request(),
          send("HTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\n"
               "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\n" +
               ok("late")),
          await_close()},
         "network_error"},
    };
    for (std::size_t i = 0; i < rows.size(); ++i) {
        peer_.accepted = 0;
        EXPECT_EQ(outcome({rows[i].script}), rows[i].expected) << i;
        EXPECT_EQ(peer_.accepted, 1u) << "a fresh connection is not tried again: " << i;
    }
}

TEST_F(ClientTest, NamesARefusedConnection) {
    ClientRequest request = post();
    run(peer_.stop());
    EXPECT_EQ(text(ask(std::move(request))), "connection_refused");
}

TEST_F(ClientTest, KeepsTheStatusWhenTheBodyBreaks) {
    const std::vector<Step> ends = {close(), reset()};
    for (const Step& end : ends) {
        peer_.accepted = 0;
        peer_.paused = false;
        peer_.play({{request(), send("HTTP/1.1 500 E\r\nContent-Length: 50\r\n\r\nsome of it"), pause(), end}});
        const auto sending = start(post());
        ASSERT_TRUE(until([&] { return peer_.paused; }));
        ASSERT_TRUE(until_delivered());
        peer_.go_on();
        EXPECT_EQ(text(await(sending)), "500 some of it [incomplete]");
    }
    EXPECT_EQ(outcome({{request(), send(chunked("2\r\nok\r\nnonsense\r\n")), await_close()}}), "200 ok [incomplete]");
    EXPECT_TRUE(until([&] { return peer_.closed_by_client == 1; }));
}

TEST_F(ClientTest, DropsABodyOverItsCapAndClosesTheConnection) {  // T-35, B14
    EXPECT_EQ(outcome({{request(), send(ok(std::string(1000, 'x'))), await_close()}}), "200 " + std::string(1000, 'x'));
    client_->close();
    EXPECT_EQ(outcome({{request(), send(ok(std::string(1001, 'x'))), await_close()}}), "200  [too large]");
    EXPECT_EQ(outcome({{request(), send("HTTP/1.1 200 OK\r\n\r\n" + std::string(200'000, 'x')), await_close()}}),
              "200  [too large]");
    const std::string bomb = gzipped(std::string(10'000'000, 'x'));
    EXPECT_EQ(outcome({{request(), send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + bomb), await_close()}}),
              "200  [too large]");
    EXPECT_TRUE(until([&] { return peer_.closed_by_client == 4; }));
}

TEST_F(ClientTest, TakesAnAnswerGivenBeforeTheRequestWasRead) {  // T-36: early response
    const Script early = {
        {Step::What::read_head}, send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno"), close()};
    peer_.play({early});
    EXPECT_EQ(text(ask(post(std::string(16 * 1024 * 1024, 'x')))), "413 no");
    EXPECT_EQ(peer_.accepted, 1u);
}

TEST_F(ClientTest, EndsAtTheDeadlineWhateverItWaitsFor) {  // T-34
    struct Row {
        Script script;
        std::string expected;
    };
    const std::vector<Row> rows = {
        {{request(), pause(), await_close()}, "timeout"},
        {{request(), send("HTTP/1.1 200 OK\r\nX"), pause(), await_close()}, "timeout"},
        {{request(), send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"), pause(), await_close()},
         "200 hello [incomplete]"},
        {{{Step::What::read_head}, pause(), await_close()}, "timeout"},
    };
    for (const Row& row : rows) {
        peer_.play({row.script});
        peer_.closed_by_client = 0;
        const auto sending = start(post(std::string(16 * 1024 * 1024, 'x')), in(5s));
        ASSERT_TRUE(until([&] { return peer_.paused; }));
        ASSERT_TRUE(until_delivered());
        clock_.advance(4999ms);
        settle();
        EXPECT_FALSE(sending->ended);
        clock_.advance(51ms);
        EXPECT_EQ(text(await(sending)), row.expected);
        peer_.go_on();
        EXPECT_TRUE(until([&] { return peer_.closed_by_client == 1; }));
    }
}

TEST_F(ClientTest, DoesNotSendAfterTheDeadline) {
    peer_.play({always(ok("a"))});
    EXPECT_EQ(text(ask(post(), Deadline(clock_.monotonic()))), "timeout");
    settle();
    EXPECT_EQ(peer_.accepted, 0u);
}

TEST_F(ClientTest, LooksAtTheClockOnlyWhileThereIsSomethingToWatch) {
    use({.idle_timeout = 10s});
    peer_.play({always(ok("a"))});
    EXPECT_EQ(text(ask(post(), in(5s))), "200 a");
    clock_.advance(1s);
    settle();
    EXPECT_EQ(clock_.next_wake(), clock_.monotonic() + 9s) << "the idle connection";
    client_->close();
    clock_.advance(9s);
    settle();
    EXPECT_FALSE(clock_.next_wake().has_value());
}

}  // namespace
}  // namespace outpost::http
