#include "net/http/server_reply.hpp"

#include <gtest/gtest.h>

namespace outpost::http {
namespace {

constexpr std::string_view kDate = "Sun, 06 Nov 1994 08:49:37 GMT";

std::string head_of(const ServerResponse& response, Afterwards afterwards = Afterwards::keep_open) {
    std::string out;
    append_reply_head(out, response, {.afterwards = afterwards, .date = kDate, .request_id = "r1"});
    return out;
}

TEST(ServerReply, WritesStatusFieldsDateAndLength) {
    ServerResponse response{.status = 202, .headers = {{"Content-Type", "application/json"}}, .body = "{}"};
    EXPECT_EQ(head_of(response),
              "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nX-Request-Id: r1\r\nDate: Sun, 06 Nov 1994 "
              "08:49:37 GMT\r\n"
              "Content-Length: 2\r\n\r\n");
}

TEST(ServerReply, TellsWhatHappensToTheConnection) {
    EXPECT_FALSE(head_of({}).contains("Connection"));
    EXPECT_TRUE(head_of({}, Afterwards::close).contains("\r\nConnection: close\r\n"));
    EXPECT_TRUE(head_of({}, Afterwards::keep_open_and_say).contains("\r\nConnection: keep-alive\r\n"));
}

TEST(ServerReply, FieldsOfTheServerCannotBeSetByAHandler) {
    ServerResponse response{.headers = {{"content-length", "99"},
                                        {"Transfer-Encoding", "chunked"},
                                        {"CONNECTION", "upgrade"},
                                        {"Date", "yesterday"},
                                        {"x-request-id", "mine"},
                                        {"X-Kept", "1"}},
                            .body = "abc"};
    EXPECT_EQ(head_of(response),
              "HTTP/1.1 200 OK\r\nX-Kept: 1\r\nX-Request-Id: r1\r\nDate: Sun, 06 Nov 1994 08:49:37 "
              "GMT\r\nContent-Length: 3\r\n\r\n");
}

TEST(ServerReply, AFieldCannotSplitTheResponse) {
    const std::vector<std::pair<std::string, std::string>> bad = {{"Location", "/a\r\nSet-Cookie: x=1"},
                                                                  {"Location", "/a\nSet-Cookie: x=1"},
                                                                  {"Location", std::string("\0", 1)},
                                                                  {"Bad\r\nSet-Cookie", "x=1"},
                                                                  {"Bad Name", "Set-Cookie"},
                                                                  {"Bad:Name", "Set-Cookie"},
                                                                  {"", "Set-Cookie"}};
    for (const auto& [name, value] : bad) {
        ServerResponse response;
        response.headers.add(name, value);
        EXPECT_EQ(head_of(response), head_of({})) << name << value;
    }
}

TEST(ServerReply, SomeAnswersHaveNoBody) {
    EXPECT_TRUE(reply_has_body(200, false));
    EXPECT_FALSE(reply_has_body(200, true));
    for (const int status : {204, 304}) {
        EXPECT_FALSE(reply_has_body(status, false));
        EXPECT_FALSE(head_of({.status = status, .body = "ignored"}).contains("Content-Length"));
    }
}

TEST(ServerReply, ErrorsComeFromTheSettingsOrAreTheEnvelope) {
    ServerSettings settings;
    EXPECT_EQ(error_response(settings, 413, "too large").body, R"({"status":413,"message":"too large"})");
    EXPECT_EQ(error_response(settings, 413, "").headers.find("content-type"), "application/json; charset=utf-8");
    settings.error_body = [](int status, std::string_view message) { return fmt::format("{} {}", status, message); };
    settings.error_content_type = "text/plain";
    EXPECT_EQ(error_response(settings, 408, "slow").body, "408 slow");
    EXPECT_EQ(error_response(settings, 408, "slow").headers.find("content-type"), "text/plain");
}

TEST(ServerReply, DatesAreImfFixdates) {
    DateText date;
    EXPECT_EQ(date.at(from_unix_ms(784'111'777'000)), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(date.at(from_unix_ms(784'111'777'999)), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(date.at(from_unix_ms(1'709'164'800'000)), "Thu, 29 Feb 2024 00:00:00 GMT");
    EXPECT_EQ(date.at(from_unix_ms(0)), "Thu, 01 Jan 1970 00:00:00 GMT");
}

}  // namespace
}  // namespace outpost::http
