#include "net/http/server_request_reader.hpp"

#include <gtest/gtest.h>

namespace outpost::http {
namespace {

using State = RequestReader::State;

ServerSettings small_limits() {
    ServerSettings settings;
    settings.header_bytes_max = 1024;
    settings.body_bytes_max = 64;
    settings.body_limit = [](std::string_view method, std::string_view path) -> std::optional<std::size_t> {
        if (method == "POST" && path == "/large") return 4096;
        return std::nullopt;
    };
    return settings;
}

/// Offers `bytes` in pieces of `piece`, as a connection does: what was not used is offered again.
State feed(RequestReader& reader, std::string_view bytes, std::size_t piece, std::string& rest) {
    while (!bytes.empty()) {
        const std::size_t size = std::min(piece, bytes.size());
        rest.append(bytes.substr(0, size));
        bytes.remove_prefix(size);
        std::string_view input = rest;
        const State state = reader.take(input);
        rest.erase(0, rest.size() - input.size());
        if (state == State::complete || state == State::refused) {
            rest.append(bytes);
            return state;
        }
    }
    return reader.state();
}

struct Case {
    std::string name;
    std::string bytes;
    int status;  // 0: complete
    std::string body = {};
};

std::string get(std::string_view fields) {
    return fmt::format("GET /x HTTP/1.1\r\nHost: a\r\n{}\r\n", fields);
}
std::string chunked(std::string_view body) {
    return fmt::format("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{}", body);
}

/// Framing that two servers may read differently (T-71).
std::vector<Case> framing_cases() {
    return {
        {"CL and TE", get("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"), 400},
        {"TE and CL", get("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"), 400},
        {"differing CL", get("Content-Length: 3\r\nContent-Length: 4\r\n"), 400},
        {"equal CL twice", get("Content-Length: 3\r\nContent-Length: 3\r\n"), 400},
        {"list CL", get("Content-Length: 3, 3\r\n"), 400},
        {"signed CL", get("Content-Length: +3\r\n"), 400},
        {"negative CL", get("Content-Length: -3\r\n"), 400},
        {"hex CL", get("Content-Length: 0x3\r\n"), 400},
        {"empty CL", get("Content-Length:\r\n"), 400},
        {"CL beyond 64 bits", get("Content-Length: 18446744073709551616\r\n"), 400},
        {"gzip then chunked", get("Transfer-Encoding: gzip, chunked\r\n"), 400},
        {"chunked twice", get("Transfer-Encoding: chunked, chunked\r\n"), 400},
        {"TE twice", get("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
        {"identity", get("Transfer-Encoding: identity\r\n"), 400},
        {"unknown coding", get("Transfer-Encoding: xchunked\r\n"), 400},
        {"quoted coding", get("Transfer-Encoding: \"chunked\"\r\n"), 400},
        {"TE in 1.0", "POST /x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    };
}

std::vector<Case> syntax_cases() {
    return {
        {"bare LF", "GET /x HTTP/1.1\nHost: a\n\n", 400},
        {"bare LF in a field", "GET /x HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", 400},
        {"bare CR in a field", get("X: a\rb\r\n"), 400},
        {"NUL in a value", get(std::string("X: a\0b\r\n", 8)), 400},
        {"folded", get("X: a\r\n b\r\n"), 400},
        {"folded with tab", get("X: a\r\n\tb\r\n"), 400},
        {"blank before colon", get("X : a\r\n"), 400},
        {"blank in name", get("X Y: a\r\n"), 400},
        {"blank before the first name", "GET /x HTTP/1.1\r\n Host: a\r\n\r\n", 400},
        {"empty name", get(": a\r\n"), 400},
        {"no colon", get("X\r\n"), 400},
        {"no Host", "GET /x HTTP/1.1\r\n\r\n", 400},
        {"two Hosts", get("Host: b\r\n"), 400},
        {"Host with a path", "GET /x HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
        {"Host with a user", "GET /x HTTP/1.1\r\nHost: u@a\r\n\r\n", 400},
        // request line
        {"no target", "GET HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"two blanks", "GET  /x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"no version", "GET /x\r\nHost: a\r\n\r\n", 400},
        {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
        {"lower-case version", "GET /x http/1.1\r\nHost: a\r\n\r\n", 400},
        {"relative target", "GET x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"TLS hello", std::string("\x16\x03\x01", 3), 400},
        {"odd method", "G(T /x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"unknown expectation", get("Expect: 200-ok\r\n"), 417},
    };
}

/// Limits (decision A3) and chunks.
std::vector<Case> body_cases() {
    return {
        {"long field", get("X: " + std::string(1100, 'x') + "\r\n"), 431},
        {"long request line", "GET /" + std::string(1100, 'x'), 431},
        {"sized body over", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 65\r\n\r\n", 413},
        {"huge sized body", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551615\r\n\r\n", 413},
        {"chunked body over", chunked("41\r\nxxx"), 413},
        {"chunked body over, later", chunked("40\r\n" + std::string(64, 'x') + "\r\n1\r\nx\r\n"), 413},
        {"huge chunk", chunked("fffffffffffffffe\r\n"), 413},
        {"chunk beyond 64 bits", chunked("fffffffffffffffff\r\n"), 400},
        // chunks
        {"no chunk size", chunked("\r\n\r\nxx"), 400},
        {"odd chunk size", chunked("0x3\r\nabc\r\n0\r\n\r\n"), 400},
        {"chunk size with blank in front", chunked(" 3\r\nabc\r\n0\r\n\r\n"), 400},
        {"bare LF after chunk size", chunked("3\nabc\r\n0\r\n\r\n"), 400},
        {"chunk longer than said", chunked("3\r\nabcd\r\n0\r\n\r\n"), 400},
        {"line feed in quoted extension", chunked("3;a=\"\n\"\r\nabc\r\n0\r\n\r\n"), 400},
        {"endless extension", chunked("3;a=" + std::string(20'000, 'x')), 400},
        {"endless trailer", chunked("0\r\nX: " + std::string(20'000, 'x')), 400},
        {"length in a trailer", chunked("0\r\nContent-Length: 3\r\n\r\n"), 400},
    };
}

std::vector<Case> good_cases() {
    return {
        {"plain", get(""), 0},
        {"empty lines in front", "\r\n\r\n" + get(""), 0},
        {"1.0 without Host", "GET /x HTTP/1.0\r\n\r\n", 0},
        {"length 0", get("Content-Length: 0\r\n"), 0},
        {"sized", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", 0, "hello"},
        {"sized at the limit", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 64\r\n\r\n" + std::string(64, 'x'), 0,
         std::string(64, 'x')},
        {"larger limit of a path",
         "POST /large HTTP/1.1\r\nHost: a\r\nContent-Length: 65\r\n\r\n" + std::string(65, 'x'), 0,
         std::string(65, 'x')},
        {"chunked", chunked("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"), 0, "abcde"},
        {"chunked, nothing in it", chunked("0\r\n\r\n"), 0},
        {"chunked, upper case",
         "POST /x HTTP/1.1\r\nhost: a\r\ntransfer-encoding: Chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n", 0,
         "0123456789"},
        {"extensions", chunked("3;a=b;c=\"d e\"\r\nabc\r\n0;x\r\n\r\n"), 0, "abc"},
        {"trailers", chunked("3\r\nabc\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\n"), 0, "abc"},
        {"long value with high bytes", get("X: caf\xc3\xa9 \"quoted\"\r\n"), 0},
    };
}

std::vector<Case> all_cases() {
    std::vector<Case> all;
    for (const auto& part : {framing_cases(), syntax_cases(), body_cases(), good_cases()})
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

TEST(RequestReader, AcceptsAndRefusesAsTheTableSays) {
    const ServerSettings settings = small_limits();
    for (const std::size_t piece : {100'000UL, 7UL, 1UL}) {
        for (const Case& it : all_cases()) {
            RequestReader reader(settings);
            std::string rest;
            const State state = feed(reader, it.bytes, piece, rest);
            SCOPED_TRACE(fmt::format("{} in pieces of {}", it.name, piece));
            if (it.status != 0) {
                ASSERT_EQ(state, State::refused);
                EXPECT_EQ(reader.refusal().status, it.status) << reader.refusal().message;
                EXPECT_FALSE(reader.refusal().message.empty());
                EXPECT_FALSE(reader.keep_alive());
                continue;
            }
            ASSERT_EQ(state, State::complete) << reader.refusal().message;
            EXPECT_EQ(reader.finish().body.view(), it.body);
            EXPECT_EQ(rest, "");
            EXPECT_EQ(reader.state(), State::head);
        }
    }
}

TEST(RequestReader, GivesWhatWasSent) {
    const ServerSettings settings;
    RequestReader reader(settings);
    std::string_view input =
        "POST /api/v1/a%2Fb?x=1&y=%20 HTTP/1.1\r\nHost: h:1\r\nX-Two:  b c \r\nx-two: d\r\nContent-Length: "
        "2\r\n\r\n{}GET";
    ASSERT_EQ(reader.take(input), State::complete);
    const ServerRequest request = reader.finish();
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.path, "/api/v1/a%2Fb");
    EXPECT_EQ(request.query, "x=1&y=%20");
    EXPECT_EQ(request.body.view(), "{}");
    EXPECT_EQ(request.headers.size(), 4u);
    EXPECT_EQ(request.headers.find("X-Two"), "b c");
    EXPECT_EQ(input, "GET");
}

TEST(RequestReader, TargetsMayBeAbsolute) {
    const std::vector<std::array<std::string, 3>> table = {{"http://h/p?q=1", "/p", "q=1"},
                                                           {"HTTP://h:80/", "/", ""},
                                                           {"http://h", "/", ""},
                                                           {"/a?b?c", "/a", "b?c"},
                                                           {"//a", "//a", ""}};
    const ServerSettings settings;
    for (const auto& [target, path, query] : table) {
        RequestReader reader(settings);
        const std::string bytes = fmt::format("GET {} HTTP/1.1\r\nHost: h\r\n\r\n", target);
        std::string_view input = bytes;
        ASSERT_EQ(reader.take(input), State::complete) << target;
        const ServerRequest request = reader.finish();
        EXPECT_EQ(request.path, path) << target;
        EXPECT_EQ(request.query, query) << target;
    }
}

TEST(RequestReader, KeepsOpenByVersionAndConnectionField) {
    struct Row {
        std::string version;
        std::string connection;
        bool keeps;
    };
    const std::vector<Row> table = {{"1.1", "", true},
                                    {"1.1", "Connection: close\r\n", false},
                                    {"1.0", "", false},
                                    {"1.0", "Connection: Keep-Alive\r\n", true},
                                    {"1.1", "Connection: a, Close\r\n", false},
                                    {"1.0", "Connection: close\r\n", false}};
    const ServerSettings settings;
    for (const Row& row : table) {
        RequestReader reader(settings);
        const std::string bytes = fmt::format("GET / HTTP/{}\r\nHost: h\r\n{}\r\n", row.version, row.connection);
        std::string_view input = bytes;
        ASSERT_EQ(reader.take(input), State::complete);
        EXPECT_EQ(reader.keep_alive(), row.keeps) << bytes;
        EXPECT_EQ(reader.is_http10(), row.version == "1.0");
    }
}

TEST(RequestReader, TooManyFieldsAre431) {
    const ServerSettings settings;
    for (const std::size_t fields : {kHeaderFieldsMax - 1, kHeaderFieldsMax}) {
        std::string bytes = "GET / HTTP/1.1\r\nHost: a\r\n";
        for (std::size_t i = 0; i < fields; ++i) bytes += "a:\r\n";
        bytes += "\r\n";
        RequestReader reader(settings);
        std::string_view input = bytes;
        const bool fits = fields < kHeaderFieldsMax;
        EXPECT_EQ(reader.take(input), fits ? State::complete : State::refused);
        if (!fits) {
            EXPECT_EQ(reader.refusal().status, 431);
        }
    }
}

TEST(RequestReader, WantsContinueOnceAndOnlyWhileTheBodyIsMissing) {
    const ServerSettings settings;
    const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
    RequestReader reader(settings);
    std::string_view input = head;
    EXPECT_EQ(reader.take(input), State::body);
    EXPECT_TRUE(reader.wants_continue());
    EXPECT_FALSE(reader.wants_continue());
    input = "ab";
    EXPECT_EQ(reader.take(input), State::complete);
    EXPECT_FALSE(reader.wants_continue());

    RequestReader impatient(settings);
    const std::string with_part = head + "a";
    input = with_part;
    EXPECT_EQ(impatient.take(input), State::body);
    EXPECT_FALSE(impatient.wants_continue());
}

TEST(RequestReader, ReceivesASizedBodyInPlace) {
    ServerSettings settings;
    RequestReader reader(settings);
    std::string_view input = "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\nabc";
    ASSERT_EQ(reader.take(input), State::body);
    EXPECT_EQ(reader.direct_space().size(), kDirectReceiveBytesMax);
    EXPECT_EQ(reader.direct_received(0), State::body);
    std::size_t filled = 3;
    while (reader.state() == State::body) {
        const std::span<char> space = reader.direct_space();
        ASSERT_LE(space.size(), 100'000 - filled);
        const std::size_t size = std::min<std::size_t>(space.size(), 30'000);
        std::ranges::fill(space.subspan(0, size), 'x');
        reader.direct_received(size);
        filled += size;
    }
    EXPECT_TRUE(reader.finish().body.view() == "abc" + std::string(99'997, 'x'));
}

TEST(RequestReader, AChunkedBodyHasNoPlaceToReceiveInto) {
    const ServerSettings settings;
    RequestReader reader(settings);
    const std::string bytes = chunked("3\r\na");
    std::string_view input = bytes;
    ASSERT_EQ(reader.take(input), State::body);
    EXPECT_TRUE(reader.direct_space().empty());
}

}  // namespace
}  // namespace outpost::http
