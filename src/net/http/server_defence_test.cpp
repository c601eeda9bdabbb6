// What a hostile or careless client sends, byte for byte, to a listening server: request smuggling, oversize, odd forms
// (decisions A3, A4; hard-cases T-70, T-71), and the id that every answer carries.
#include "net/http/server_fixture.hpp"

#include "net/http/request_id.hpp"

#include <boost/asio/awaitable.hpp>

#include <gtest/gtest.h>

#include <set>

namespace outpost::http {
namespace {

constexpr std::string_view kGet = "GET /next HTTP/1.1\r\nHost: h\r\n\r\n";

struct Hostile {
    std::string name;
    std::string bytes;
    int status = 400;
};

std::string post(std::string_view fields, std::string_view body = "") {
    return fmt::format("POST /p HTTP/1.1\r\nHost: h\r\n{}\r\n{}", fields, body);
}
std::string get(std::string_view fields) {
    return fmt::format("GET / HTTP/1.1\r\nHost: h\r\n{}\r\n", fields);
}

std::vector<Hostile> length_cases() {
    const std::string chunked = "Transfer-Encoding: chunked\r\n";
    return {
        {"Content-Length twice, equal", post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc")},
        {"Content-Length twice, different", post("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd")},
        {"Content-Length as a list", post("Content-Length: 3, 3\r\n", "abc")},
        {"Content-Length with a sign", post("Content-Length: +3\r\n", "abc")},
        {"Content-Length with a blank inside", post("Content-Length: 1 3\r\n", "abc")},
        {"Content-Length before Transfer-Encoding", post("Content-Length: 5\r\n" + chunked, "0\r\n\r\n")},
        {"Content-Length after Transfer-Encoding", post(chunked + "Content-Length: 5\r\n", "0\r\n\r\n")},
        {"Transfer-Encoding: identity", post("Transfer-Encoding: identity\r\n")},
        {"Transfer-Encoding: gzip, chunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")},
        {"Transfer-Encoding: chunked, identity", post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n")},
        {"Transfer-Encoding: xchunked", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n")},
        {"Transfer-Encoding with a vertical tab", post("Transfer-Encoding: \x0b"
                                                       "chunked\r\n",
                                                       "0\r\n\r\n")},
        {"Transfer-Encoding twice", post(chunked + chunked, "0\r\n\r\n")},
        {"Transfer-Encoding in HTTP/1.0", "POST / HTTP/1.0\r\n" + chunked + "\r\n0\r\n\r\n"},
        {"chunk size with a sign", post(chunked, "+3\r\nabc\r\n0\r\n\r\n")},
        {"chunk size beyond 64 bits", post(chunked, "10000000000000003\r\nabc\r\n0\r\n\r\n")},
        {"chunk longer than said", post(chunked, "3\r\nabcd\r\n0\r\n\r\n")},
        {"chunk ended by a bare line feed", post(chunked, "3\r\nabc\n0\r\n\r\n")},
        {"line feed in a chunk extension", post(chunked, "3;a=\"\n\"\r\nabc\r\n0\r\n\r\n")},
        {"endless chunk extension", post(chunked, "3;a=" + std::string(20'000, 'x'))},
    };
}

std::vector<Hostile> header_cases() {
    return {
        {"folded line", get("X: a\r\n b\r\n")},
        {"bare LF in the request line", "GET / HTTP/1.1\nHost: h\r\n\r\n"},
        {"bare LF in a field", get("X: a\nY: b\r\n")},
        {"bare CR in a field", get("X: a\rY: b\r\n")},
        {"blank before the colon", get("X : a\r\n")},
        {"tab before the colon", get("X\t: a\r\n")},
        {"blank before the colon of Content-Length", post("Content-Length : 3\r\n", "abc")},
        {"name with a bracket", get("X[1]: a\r\n")},
        {"name with a high byte", get("X\xc3\xa9: a\r\n")},
        {"name with NUL", get(std::string("X\0Y: a\r\n", 8))},
        {"empty name", get(": a\r\n")},
        {"value with NUL", get(std::string("X: a\0b\r\n", 8))},
        {"target with NUL", std::string("GET /a\0b HTTP/1.1\r\nHost: h\r\n\r\n", 30)},
        {"no Host", "GET / HTTP/1.1\r\n\r\n"},
        {"Host twice", get("Host: other\r\n")},
        {"absolute target of another scheme", "GET ftp://h/x HTTP/1.1\r\nHost: h\r\n\r\n"},
        {"authority as a target", "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n"},
        {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
        {"TLS on the plain port", std::string("\x16\x03\x01\x02\x00", 5)},
        {"unknown expectation", post("Content-Length: 3\r\nExpect: 202-accepted\r\n", "abc"), 417},
        {"long field", get("X: " + std::string(3000, 'x') + "\r\n"), 431},
        {"many fields", get([] {
             std::string fields;
             for (int i = 0; i < 300; ++i) fields += "a:\r\n";
             return fields;
         }()),
         431},
        {"sized body over the limit", post("Content-Length: 1001\r\n"), 413},
        {"body over the limit of a client that waits", post("Content-Length: 1001\r\nExpect: 100-continue\r\n"), 413},
        {"chunked body over the limit", post("Transfer-Encoding: chunked\r\n", "3e9\r\n"), 413},
    };
}

void set_limits(ServerFixture& it) {
    it.settings.body_bytes_max = 1000;
    it.settings.header_bytes_max = 2000;
    it.settings.error_body = [](int status, std::string_view message) {
        return fmt::format(R"({{"status":{},"message":"{}"}})", status, message);
    };
}

TEST(ServerDefence, RefusesWithTheEnvelopeClosesAndServesNothingBehind) {
    std::vector<Hostile> table = length_cases();
    std::ranges::copy(header_cases(), std::back_inserter(table));
    for (const Hostile& row : table) {
        SCOPED_TRACE(row.name);
        ServerFixture it;
        set_limits(it);
        it.start();
        RawClient client = it.connect();
        const WireResponse response = it.ask(client, row.bytes + std::string(kGet));
        EXPECT_EQ(response.status, row.status) << response.body;
        EXPECT_TRUE(response.body.starts_with(fmt::format(R"({{"status":{},"message":")", row.status)));
        EXPECT_EQ(response.field("Content-Type"), "application/json; charset=utf-8");
        EXPECT_EQ(response.field("Connection"), "close");
        EXPECT_TRUE(is_request_id(response.field("X-Request-Id")));
        EXPECT_TRUE(it.until_closed(client));
        EXPECT_EQ(client.responses().size(), 1u);
        EXPECT_TRUE(it.requests.empty());
    }
}

TEST(ServerDefence, TakesOddFormsThatHaveOneMeaningOnly) {
    struct Odd {
        std::string bytes;
        std::string answer;
    };
    const std::vector<Odd> table = {
        {post("Transfer-Encoding: chunked\r\n", "3;a=b;c=\"d e\"\r\nabc\r\n0;x\r\nT: 1\r\n\r\n"), "POST /p?|abc"},
        {post("Transfer-Encoding: CHUNKED\r\n", "0003\r\nabc\r\n0\r\n\r\n"), "POST /p?|abc"},
        {"GET http://elsewhere/a?b HTTP/1.1\r\nHost: h\r\n\r\n", "GET /a?b|"},
        {"\r\nGET /a HTTP/1.1\r\nHost: h\r\n\r\n", "GET /a?|"},
        {"GET /a HTTP/1.1\r\nhOsT:h\r\nX:\t a \t\r\n\r\n", "GET /a?|"},
    };
    for (const Odd& row : table) {
        ServerFixture it;
        set_limits(it);
        it.start();
        RawClient client = it.connect();
        EXPECT_EQ(it.ask(client, row.bytes).body, row.answer) << row.bytes;
        EXPECT_EQ(it.ask(client, kGet).body, "GET /next?|") << "the next request begins where this one ended";
    }
}

TEST(ServerDefence, ARefusalHasTheFieldsThatItsRequestAsksFor) {
    ServerFixture it;
    set_limits(it);
    it.settings.error_fields = [](const Headers& request, Headers& response) {
        response.add("X-Seen", std::string(request.find("Origin").value_or("none")));
    };
    it.start();
    RawClient understood = it.connect();
    EXPECT_EQ(it.ask(understood, post("Origin: a\r\nContent-Length: 1001\r\n")).field("X-Seen"), "a");
    RawClient without = it.connect();
    EXPECT_EQ(it.ask(without, post("Content-Length: 1001\r\n")).field("X-Seen"), "none");
    RawClient noise = it.connect();
    EXPECT_EQ(it.ask(noise, "\x16\x03").field("X-Seen"), "(none)");
}

TEST(ServerRequestId, IsTheClientsWhenItIsUsable) {
    ServerFixture it;
    it.start();
    RawClient client = it.connect();
    EXPECT_EQ(it.ask(client, get("X-Request-Id: Trace/7:{a}\r\n")).field("X-Request-Id"), "Trace/7:{a}");
    EXPECT_EQ(it.requests.back().id, "Trace/7:{a}");
    const std::string longest(kRequestIdBytesMax, 'x');
    EXPECT_EQ(it.ask(client, get("x-request-id: " + longest + "\r\n")).field("X-Request-Id"), longest);
    EXPECT_EQ(it.ask(client, get("X-Request-Id: one\r\nX-Request-Id: two\r\n")).field("X-Request-Id"), "one");
}

TEST(ServerRequestId, IsMadeHereWhenThereIsNoneOrAnUnusableOne) {
    ServerFixture it;
    it.start();
    RawClient client = it.connect();
    std::set<std::string> seen;
    for (const std::string& field :
         std::vector<std::string>{"", "X-Request-Id:\r\n", "X-Request-Id: a b\r\n", "X-Request-Id: caf\xc3\xa9\r\n",
                                  "X-Request-Id: " + std::string(129, 'x') + "\r\n"}) {
        const std::string id = it.ask(client, get(field)).field("X-Request-Id");
        EXPECT_EQ(id.size(), 13u) << id;
        EXPECT_EQ(it.requests.back().id, id);
        EXPECT_TRUE(seen.insert(id).second) << id;
    }
}

TEST(ServerRequestId, IsOnTheAnswerToARefusedRequestAsFarAsItWasUnderstood) {
    ServerFixture it;
    set_limits(it);
    it.start();
    RawClient first = it.connect();
    EXPECT_EQ(it.ask(first, post("X-Request-Id: mine\r\nContent-Length: 5000\r\n")).field("X-Request-Id"), "mine");
    RawClient second = it.connect();
    EXPECT_EQ(it.ask(second, get("X-Request-Id: mine\r\nHost: two\r\n")).field("X-Request-Id"), "mine");
    RawClient third = it.connect();
    EXPECT_EQ(it.ask(third, "GET  / HTTP/1.1\r\nX-Request-Id: mine\r\n\r\n").field("X-Request-Id").size(), 13u);
}

Task<ServerResponse> fail_at_once(ServerRequest) {
    throw std::runtime_error("inside");
    co_return ServerResponse{};
}

TEST(ServerRequestId, IsOnTheAnswerOfAHandlerThatFails) {
    ServerFixture it;
    it.handler = [](std::size_t, ServerRequest request) { return fail_at_once(std::move(request)); };
    it.start();
    RawClient client = it.connect();
    const WireResponse response = it.ask(client, get("X-Request-Id: mine\r\n"));
    EXPECT_EQ(response.status, 500);
    EXPECT_EQ(response.field("X-Request-Id"), "mine");
}

TEST(ServerRequestId, IsOnTheAnswerToASlowClientAndToOneTooMany) {
    ServerFixture it;
    it.settings.connections_max = 1;
    it.start();
    RawClient slow = it.connect();
    slow.send(post("X-Request-Id: mine\r\nContent-Length: 5\r\n", "a"));
    it.settle();
    RawClient one_too_many = it.connect();
    const WireResponse full = it.ask(one_too_many, "");
    EXPECT_EQ(full.status, 503);
    EXPECT_TRUE(is_request_id(full.field("X-Request-Id")));
    const auto passed = it.time_until(
        [&] {
            slow.pump();
            return slow.closed();
        },
        40s);
    ASSERT_TRUE(passed.has_value());
    ASSERT_EQ(slow.responses().size(), 1u);
    EXPECT_EQ(slow.responses()[0].status, 408);
    EXPECT_EQ(slow.responses()[0].field("X-Request-Id"), "mine");
}

}  // namespace
}  // namespace outpost::http
