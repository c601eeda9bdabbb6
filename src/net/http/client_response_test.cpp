#include "net/http/client_response.hpp"

#include "net/http/client_gzip_sample.hpp"

#include <gtest/gtest.h>

namespace outpost::http {
namespace {

constexpr ClientLimits kLimits{.header_bytes_max = 512, .body_bytes_max = 100};

struct Reading {
    std::string bytes;
    bool without_body = false;
    std::size_t piece = std::string::npos;  ///< fed that many at a time
    bool then_end = false;
    bool orderly = true;
    ClientLimits limits = kLimits;
};

/// "200 body", then marks: bad head | open head | too large | incomplete | keep | +n (bytes left over).
std::string read(const Reading& reading) {
    ResponseReader reader(reading.limits, reading.without_body);
    std::string waiting;
    std::size_t next = 0;
    while (next < reading.bytes.size()) {
        const std::string_view piece = std::string_view(reading.bytes).substr(next, reading.piece);
        next += piece.size();
        waiting += piece;
        waiting.erase(0, reader.feed(waiting));
    }
    if (reading.then_end) reader.end(reading.orderly);
    if (reader.state() == ResponseState::head) return "open head";
    if (reader.state() == ResponseState::bad_head) return "bad head";
    const bool keep = reader.keeps_connection();
    const ClientResponse response = reader.take();
    std::string all = fmt::format("{} {}", response.status, response.body);
    if (response.body_too_large) all += "|too large";
    if (response.body_incomplete) all += "|incomplete";
    if (keep) all += "|keep";
    if (reader.state() == ResponseState::complete && !waiting.empty()) all += fmt::format("|+{}", waiting.size());
    return all;
}

std::string read(std::string bytes) {
    return read(Reading{.bytes = std::move(bytes)});
}
std::string read_to_end(std::string bytes, bool orderly = true) {
    return read(Reading{.bytes = std::move(bytes), .then_end = true, .orderly = orderly});
}

std::string sized(std::string_view body, std::string_view fields = {}) {
    return fmt::format("HTTP/1.1 200 OK\r\n{}Content-Length: {}\r\n\r\n{}", fields, body.size(), body);
}

TEST(Response, IsWholeAtItsLength) {
    EXPECT_EQ(read(sized("hello")), "200 hello|keep");
    EXPECT_EQ(read(sized("")), "200 |keep");
    EXPECT_EQ(read("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"), "bad head") << "no blank before the reason";
    EXPECT_EQ(read("HTTP/1.1 599 \r\nContent-Length: 1\r\n\r\nx"), "599 x|keep");
}

TEST(Response, IsTheSameHoweverItsBytesArrive) {
    const std::string chunked =
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n"
        "5;ext=1\r\nhello\r\n7\r\n, world\r\n0\r\nX-Trailer: 1\r\n\r\n";
    for (std::size_t piece = 1; piece < 40; ++piece)
        EXPECT_EQ(read(Reading{.bytes = chunked, .piece = piece}), "200 hello, world|keep") << piece;
}

TEST(Response, IsIncompleteBeforeItsEnd) {
    EXPECT_EQ(read_to_end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"), "200 hello|incomplete");
    EXPECT_EQ(read_to_end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
              "200 hello|incomplete");
    EXPECT_EQ(read_to_end("HTTP/1.1 200 OK\r\nContent-Le"), "bad head");
    EXPECT_EQ(read("HTTP/1.1 200 OK\r\nContent-Le"), "open head");
}

TEST(Response, WithoutAnyFramingLastsUntilThePeerCloses) {
    EXPECT_EQ(read_to_end("HTTP/1.1 200 OK\r\n\r\nhello"), "200 hello");
    EXPECT_EQ(read_to_end("HTTP/1.0 200 OK\r\n\r\n"), "200 ");
    EXPECT_EQ(read_to_end("HTTP/1.0 200 OK\r\n\r\nhello", false), "200 hello|incomplete") << "TLS cut short";
    EXPECT_EQ(read("HTTP/1.1 200 OK\r\n\r\nhello"), "200 hello|incomplete");
}

TEST(Response, KeepsTheConnectionAsItsVersionAndFieldsSay) {
    EXPECT_EQ(read(sized("a", "Connection: close\r\n")), "200 a");
    EXPECT_EQ(read(sized("a", "Connection: foo, Close\r\n")), "200 a");
    EXPECT_EQ(read("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na"), "200 a");
    EXPECT_EQ(read("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\na"), "200 a|keep");
    EXPECT_EQ(read("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "200 ");
    EXPECT_EQ(read("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"), "101 ");
}

TEST(Response, HasNoBodyAfterHeadAndInSomeStatuses) {
    EXPECT_EQ(read(Reading{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", .without_body = true}),
              "200 |keep");
    EXPECT_EQ(read(Reading{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", .without_body = true}),
              "200 |keep");
    EXPECT_EQ(read("HTTP/1.1 204 No Content\r\n\r\n"), "204 |keep");
    EXPECT_EQ(read("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"), "304 |keep");
}

TEST(Response, LeavesWhatFollowsIt) {  // T-36: never taken for the next response
    EXPECT_EQ(read(sized("a") + sized("b")), fmt::format("200 a|keep|+{}", sized("b").size()));
    EXPECT_EQ(read("HTTP/1.1 204 No Content\r\n\r\nx"), "204 |keep|+1");
}

TEST(Response, ComesAfterAFewInterimOnes) {
    const std::string interim = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    std::string bytes = sized("a");
    for (int i = 0; i < kInterimResponsesMax; ++i) bytes = interim + bytes;
    EXPECT_EQ(read(bytes), "200 a|keep");
    EXPECT_EQ(read(interim + bytes), "bad head");
}

TEST(Response, OverItsCapIsNotKept) {
    const std::string most(kLimits.body_bytes_max, 'x');
    EXPECT_EQ(read(sized(most)), "200 " + most + "|keep");
    EXPECT_EQ(read(sized(most + "x")), "200 |too large");
    EXPECT_EQ(read("HTTP/1.1 500 E\r\nContent-Length: 9223372036854775808\r\n\r\n"), "500 |too large");
    EXPECT_EQ(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n33\r\n" + std::string(0x33, 'x') +
                   "\r\n33\r\n" + std::string(0x33, 'x')),
              "200 |too large");
    EXPECT_EQ(read("HTTP/1.1 200 OK\r\n\r\n" + most + "x"), "200 |too large");
}

TEST(Response, HasALimitForItsHead) {                                  // T-34, T-35: also when it arrives in drops
    const std::string line = "X-A: " + std::string(93, 'a') + "\r\n";  // 100 bytes
    const std::string four = line + line + line + line;
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{100}, std::string::npos}) {
        EXPECT_EQ(read(Reading{.bytes = sized("b", four), .piece = piece}), "200 b|keep") << piece;
        EXPECT_EQ(read(Reading{.bytes = sized("b", four + line), .piece = piece}), "bad head") << piece;
        EXPECT_EQ(read(Reading{.bytes = "HTTP/1.1 200 " + std::string(600, 'r'), .piece = piece}), "bad head") << piece;
        EXPECT_EQ(read(Reading{.bytes = "HTTP/1.1 200 OK\r\nX: " + std::string(600, 'r'), .piece = piece}), "bad head");
    }
    const std::string interim = "HTTP/1.1 103 Hints\r\n" + four + "\r\n";
    EXPECT_EQ(read(interim + sized("b", line)), "bad head") << "interim heads count";
}

TEST(Response, HasALimitForHeadsOfChunksAndTrailers) {
    const std::string start = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n";
    for (const std::size_t piece : {std::size_t{13}, std::string::npos}) {
        EXPECT_EQ(read(Reading{.bytes = start + "1;" + std::string(600, 'e'), .piece = piece}), "200 x|incomplete");
        EXPECT_EQ(read(Reading{.bytes = start + "0\r\nT: " + std::string(600, 't'), .piece = piece}),
                  "200 x|incomplete");
    }
}

TEST(Response, ThatIsMalformedIsNone) {  // T-36
    for (const char* bytes : {
             "HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n",
             "HTTP/1.1 OK\r\n\r\n",
             "HTTP/1.1 20 OK\r\n\r\n",
             "HTTP/1.1 099 OK\r\n\r\n",
             "ICY 200 OK\r\n\r\n",
             "\x15\x03\x01\x00\x02\x02\x46 and more than enough bytes\r\n\r\n",
             "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
             "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n",
             "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\n",
             "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
             "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
             "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
             "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n",
             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
             "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
             "HTTP/1.1 200 OK\r\nX : blank\r\n\r\n",
             "HTTP/1.1 200 OK\r\nX: a\x01z\r\n\r\n",
             "HTTP/1.1 200 OK\nX: bare line feeds\n\n",
         })
        EXPECT_EQ(read_to_end(bytes), "bad head") << bytes;
    EXPECT_EQ(read(std::string("HTTP/1.1 200 OK\r\nX: a\0z\r\n\r\n", 27)), "bad head");
}

TEST(Response, ThatBreaksInItsBodyStillHasAStatus) {
    const std::string start = "HTTP/1.1 201 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    EXPECT_EQ(read(start + "2\r\nabc\r\n0\r\n\r\n"), "201 ab|incomplete");
    EXPECT_EQ(read(start + "zz\r\nab\r\n"), "201 |incomplete");
    EXPECT_EQ(read(start + "fffffffffffffffff\r\n"), "201 |incomplete");
    EXPECT_EQ(read(start + "2\r\nab\r\n0\r\nContent-Length: 9\r\n\r\n"), "201 ab|incomplete");
}

TEST(Response, FoldedLinesAreOneValue) {
    ResponseReader reader(kLimits, false);
    reader.feed("HTTP/1.1 204 No\r\nX: a\r\n b\r\nSet-Cookie: 1\r\nset-cookie: 2\r\n\r\n");
    const ClientResponse response = reader.take();
    EXPECT_EQ(response.headers.find("x"), "a b");
    EXPECT_EQ(response.headers.size(), 3u);
}

TEST(Response, InGzipIsDecoded) {
    const std::string fields = "Content-Encoding: gzip\r\nX: y\r\n";
    ResponseReader reader(kLimits, false);
    reader.feed(sized(gzipped("hello"), fields));
    ASSERT_EQ(reader.state(), ResponseState::complete);
    EXPECT_TRUE(reader.keeps_connection());
    const ClientResponse response = reader.take();
    EXPECT_EQ(response.body, "hello");
    EXPECT_FALSE(response.headers.find("Content-Encoding").has_value());
    EXPECT_FALSE(response.headers.find("Content-Length").has_value());
    EXPECT_EQ(response.headers.find("x"), "y");

    EXPECT_EQ(read(sized("", fields)), "200 |keep");
    EXPECT_EQ(read(sized("plain", "Content-Encoding: br\r\n")), "200 plain|keep");
    EXPECT_EQ(read(sized("plain", fields)), "200 |incomplete");
    EXPECT_EQ(read(sized(gzipped("hello").substr(0, 20), fields)), "200 hello|incomplete");
}

TEST(Response, InGzipIsCappedByWhatItDecodesTo) {  // T-35
    const std::string fields = "Content-Encoding: gzip\r\n";
    EXPECT_EQ(read(sized(gzipped(std::string(100, 'x')), fields)), "200 " + std::string(100, 'x') + "|keep");
    EXPECT_EQ(read(sized(gzipped(std::string(101, 'x')), fields)), "200 |too large");
    EXPECT_EQ(read(sized(gzipped(std::string(1'000'000, 'x')), fields)), "200 |too large");
    std::string endless = "HTTP/1.1 200 OK\r\n" + fields + "\r\n";
    for (int i = 0; i < 1000; ++i) endless += gzipped("");  // decodes to nothing, for ever
    EXPECT_EQ(read(endless), "200 |too large");
}

}  // namespace
}  // namespace outpost::http
