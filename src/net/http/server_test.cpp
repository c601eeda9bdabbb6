// What clients see on the wire: raw sockets against a listening server (api.md §1, decisions A3, A9, hard-cases T-70,
// T-71).
#include "net/http/server_fixture.hpp"

#include "net/http/server_request_reader.hpp"

#include <boost/asio/awaitable.hpp>

#include <stdexcept>

#include <gtest/gtest.h>

namespace outpost::http {
namespace {

constexpr std::string_view kGet = "GET /a?b=c HTTP/1.1\r\nHost: h\r\n\r\n";

TEST(Server, AnswersARequestAndKeepsTheConnection) {
    ServerFixture it;
    it.start();
    RawClient client = it.connect();
    for (int round = 0; round < 3; ++round) {
        const WireResponse response = it.ask(client, kGet);
        EXPECT_EQ(response.status, 200);
        EXPECT_EQ(response.body, "GET /a?b=c|");
        EXPECT_EQ(response.field("Content-Length"), "11");
        EXPECT_EQ(response.field("Date"), "Tue, 14 Nov 2023 22:13:20 GMT");
        EXPECT_EQ(response.field("Connection"), "(none)");
    }
    EXPECT_FALSE(client.closed());
    EXPECT_EQ(it.requests.at(0).peer, "127.0.0.1");
    EXPECT_FALSE(it.requests.at(0).encrypted);
}

TEST(Server, RequestsInOnePacketAreAnsweredInOrder) {
    ServerFixture it;
    it.start();
    RawClient client = it.connect();
    std::string all;
    for (int i = 0; i < 200; ++i) {
        all += i % 2 == 0 ? fmt::format("GET /{} HTTP/1.1\r\nHost: h\r\n\r\n", i)
                          : fmt::format("POST /{} HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n{:03}", i, i);
    }
    client.send(all);
    ASSERT_TRUE(it.until([&] {
        client.pump();
        return client.responses().size() == 200;
    }));
    const auto responses = client.responses();
    for (int i = 0; i < 200; ++i) {
        const auto expected = i % 2 == 0 ? fmt::format("GET /{}?|", i) : fmt::format("POST /{}?|{:03}", i, i);
        EXPECT_EQ(responses[static_cast<std::size_t>(i)].body, expected);
    }
}

TEST(Server, RequestsCutAtAnyByteAreTheSame) {
    const std::string request =
        "POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1;x=y\r\nd\r\n0\r\nT: 1\r\n\r\n";
    ServerFixture it;
    it.start();
    RawClient client = it.connect();
    for (std::size_t cut = 1; cut < request.size(); ++cut) {
        client.send(std::string_view(request).substr(0, cut));
        it.settle();
        const WireResponse response = it.ask(client, std::string_view(request).substr(cut));
        ASSERT_EQ(response.body, "POST /p?|abcd") << cut;
    }
}

TEST(Server, LargeBodiesArriveWhole) {
    ServerFixture it;
    it.settings.body_bytes_max = 4 * 1024 * 1024;
    it.start();
    RawClient client = it.connect();
    std::string body(3'000'000, 'x');
    for (std::size_t i = 0; i < body.size(); i += 997) body[i] = static_cast<char>('a' + i % 26);
    const std::string chunk_end = "\r\n0\r\n\r\n";
    const std::vector<std::string> forms = {
        fmt::format("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n{}", body.size(), body),
        fmt::format("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{}{}", body.size(), body,
                    chunk_end)};
    for (const std::string& form : forms) {
        const std::size_t before = it.requests.size();
        std::string_view rest = form;
        ASSERT_TRUE(it.until([&] {
            rest.remove_prefix(client.send(rest));
            client.pump();
            return it.requests.size() > before;
        }));
        EXPECT_TRUE(it.requests.back().body.view() == body);
    }
}

struct Refused {
    std::string name;
    std::string bytes;
    int status;
};

TEST(Server, AnswersWhatItRefusesWithTheErrorBodyAndCloses) {
    const std::string post = "POST /p HTTP/1.1\r\nHost: h\r\n";
    const std::vector<Refused> table = {
        {"garbage", "\x16\x03\x01\x02", 400},
        {"CL and TE", post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {"differing CL", post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400},
        {"unknown coding", post + "Transfer-Encoding: gzip\r\n\r\n", 400},
        {"bare LF", "GET / HTTP/1.1\nHost: h\n\n", 400},
        {"no Host", "GET / HTTP/1.1\r\n\r\n", 400},
        {"bad chunk, later", post + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nxyz\r\n", 400},
        {"sized body", post + "Content-Length: 2000\r\n\r\n", 413},
        {"sized body of a client that waits", post + "Content-Length: 2000\r\nExpect: 100-continue\r\n\r\n", 413},
        {"chunked body", post + "Transfer-Encoding: chunked\r\n\r\n7d0\r\n", 413},
        {"long header", post + "X: " + std::string(3000, 'x') + "\r\n\r\n", 431},
        {"long request line", "GET /" + std::string(3000, 'x'), 431},
    };
    for (const Refused& row : table) {
        SCOPED_TRACE(row.name);
        ServerFixture it;
        it.settings.body_bytes_max = 1000;
        it.settings.header_bytes_max = 2000;
        it.settings.error_body = [](int status, std::string_view message) {
            return fmt::format(R"({{"status":{},"message":"{}"}})", status, message);
        };
        it.start();
        RawClient client = it.connect();
        const WireResponse response = it.ask(client, row.bytes);
        EXPECT_EQ(response.status, row.status);
        EXPECT_TRUE(response.body.starts_with(fmt::format(R"({{"status":{},"message":")", row.status)));
        EXPECT_EQ(response.field("Content-Type"), "application/json; charset=utf-8");
        EXPECT_EQ(response.field("Connection"), "close");
        EXPECT_TRUE(it.until_closed(client));
        EXPECT_EQ(client.responses().size(), 1u);
        EXPECT_TRUE(it.requests.empty());
    }
}

TEST(Server, ARefusedRequestIsNeverFollowedByWhatWasSmuggledBehindIt) {
    ServerFixture it;
    it.start();
    RawClient client = it.connect();
    const WireResponse response = it.ask(
        client, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" +
                    std::string(kGet));
    EXPECT_EQ(response.status, 400);
    EXPECT_TRUE(it.until_closed(client));
    EXPECT_EQ(client.responses().size(), 1u);
    EXPECT_TRUE(it.requests.empty());
}

TEST(Server, AClientThatIsStillSendingReadsThe413) {
    ServerFixture it;
    it.settings.body_bytes_max = 1000;
    it.start();
    RawClient client = it.connect();
    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000000\r\n\r\n");
    const std::string piece(100'000, 'x');
    std::size_t sent = 0;
    ASSERT_TRUE(it.until([&] {
        sent += client.send(piece);
        if (sent > 2'000'000) client.pump();
        return client.responses().size() == 1;
    }));
    EXPECT_EQ(client.responses().at(0).status, 413);
}

TEST(Server, TheBodyLimitDependsOnThePath) {
    ServerFixture it;
    it.settings.body_bytes_max = 10;
    it.settings.body_limit = [](std::string_view method, std::string_view path) -> std::optional<std::size_t> {
        if (method == "POST" && path == "/publish") return 20;
        return std::nullopt;
    };
    it.start();
    for (const auto& [path, status] : {std::pair{"/publish", 200}, std::pair{"/other", 413}}) {
        RawClient client = it.connect();
        const auto request = fmt::format("POST {} HTTP/1.1\r\nHost: h\r\nContent-Length: 20\r\n\r\n{:020}", path, 7);
        EXPECT_EQ(it.ask(client, request).status, status) << path;
    }
}

TEST(Server, TellsTheClientToGoOnWhenItAsks) {
    ServerFixture it;
    it.start();
    RawClient client = it.connect();
    const WireResponse go_on =
        it.ask(client, "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(go_on.head, "HTTP/1.1 100 Continue\r\n");
    EXPECT_EQ(it.ask(client, "abc").body, "POST /p?|abc");
    EXPECT_EQ(it.ask(client, kGet).status, 200);
}

TEST(Server, HeadGetsTheLengthAndNoBody) {
    ServerFixture it;
    it.start();
    RawClient client = it.connect();
    const WireResponse response = it.ask(client, "HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n", true);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.field("Content-Length"), "9");
    it.ask(client, "HEAD /b HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", true);
    EXPECT_TRUE(it.until_closed(client));
    EXPECT_EQ(client.responses(true).size(), 2u);
    EXPECT_FALSE(client.received().contains("HEAD"));
}

TEST(Server, ClosesAsVersionAndConnectionFieldSay) {
    struct Row {
        std::string request;
        std::string connection;
        bool closes;
    };
    const std::vector<Row> table = {{"GET / HTTP/1.1\r\nHost: h\r\n\r\n", "(none)", false},
                                    {"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "close", true},
                                    {"GET / HTTP/1.0\r\n\r\n", "close", true},
                                    {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "keep-alive", false}};
    for (const Row& row : table) {
        ServerFixture it;
        it.start();
        RawClient client = it.connect();
        EXPECT_EQ(it.ask(client, row.request).field("Connection"), row.connection) << row.request;
        if (row.closes) EXPECT_TRUE(it.until_closed(client)) << row.request;
        else EXPECT_EQ(it.ask(client, row.request).status, 200) << row.request;
    }
}

TEST(Server, ARequestOfAClientThatSendsNoMoreIsAnswered) {
    ServerFixture it;
    it.start();
    RawClient client = it.connect();
    client.send(kGet);
    client.finish_sending();
    EXPECT_TRUE(it.until_closed(client));
    ASSERT_EQ(client.responses().size(), 1u);
    EXPECT_EQ(client.responses()[0].status, 200);
}

Task<ServerResponse> throw_it(ServerRequest request) {
    if (request.path == "/int") throw 7;
    if (request.path == "/error") throw std::runtime_error("secret detail");
    ServerResponse response;
    response.status = request.path == "/status" ? 99 : 204;
    co_return response;
}

TEST(Server, AHandlerThatFailsIs500AndTheConnectionLives) {
    ServerFixture it;
    it.handler = [](std::size_t, ServerRequest request) { return throw_it(std::move(request)); };
    it.start();
    RawClient client = it.connect();
    for (const std::string path : {"/error", "/int", "/status"}) {
        const WireResponse response = it.ask(client, fmt::format("GET {} HTTP/1.1\r\nHost: h\r\n\r\n", path));
        EXPECT_EQ(response.status, 500) << path;
        EXPECT_EQ(response.body, R"({"status":500,"message":"internal server error"})") << path;
    }
    const WireResponse response = it.ask(client, "GET /fine HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(response.status, 204);
    EXPECT_EQ(response.field("Content-Length"), "(none)");
}

Task<ServerResponse> large_answer(ServerRequest) {
    ServerResponse response;
    response.body.assign(20'000'000, 'x');
    co_return response;
}

TEST(Server, LargeAnswersArriveWhole) {
    ServerFixture it;
    it.handler = [](std::size_t, ServerRequest request) { return large_answer(std::move(request)); };
    it.start();
    RawClient client = it.connect();
    const WireResponse response = it.ask(client, kGet);
    EXPECT_TRUE(response.body == std::string(20'000'000, 'x'));
    EXPECT_EQ(it.ask(client, kGet).status, 200);
}

TEST(Server, FewConnectionsAreSpreadEvenly) {
    ServerFixture it;
    it.start();
    std::vector<RawClient> clients;
    for (int i = 0; i < 6; ++i) {
        clients.push_back(it.connect());
        EXPECT_EQ(it.ask(clients.back(), kGet).status, 200);
    }
    EXPECT_EQ(it.requests_by_shard, (std::vector<std::size_t>{3, 3}));
}

TEST(Server, APortInUseFailsTheStartAndNamesIt) {
    ServerFixture first;
    first.start();
    ServerFixture second;
    second.settings.port = first.port();
    try {
        second.start();
        FAIL() << "two servers listen on one port";
    } catch (const std::runtime_error& error) {
        EXPECT_EQ(error.what(), fmt::format("cannot listen on 127.0.0.1:{}: address already in use", first.port()));
    }
    first.stop();
    EXPECT_NO_THROW(second.start());
}

TEST(Server, AnAddressThatIsNoneFailsTheStart) {
    ServerFixture it;
    it.settings.address = "localhost";
    it.settings.port = 3333;
    EXPECT_THROW(it.start(), std::runtime_error);
}

TEST(Server, ListensOnBothFamilies) {
    ServerFixture it;
    it.settings.address = "::";
    try {
        it.start();
    } catch (const std::runtime_error& error) {
        GTEST_SKIP() << "no IPv6 here: " << error.what();
    }
    RawClient client = it.connect();
    EXPECT_EQ(it.ask(client, kGet).status, 200);
    EXPECT_EQ(it.requests.at(0).peer, "127.0.0.1");
}

}  // namespace
}  // namespace outpost::http
