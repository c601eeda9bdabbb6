#include "net/http/client_request.hpp"

#include <gtest/gtest.h>

namespace outpost::http {
namespace {

ClientRequest request_to(std::string target = "/hook?a=1") {
    ClientRequest request;
    request.url = Url{.scheme = "https", .host = "example.com", .port = 443, .target = std::move(target)};
    return request;
}

std::string head_of(const ClientRequest& request) {
    const auto head = write_request_head(request);
    return head ? *head : "refused: " + std::string(net::to_string(head.error().kind));
}

TEST(RequestHead, NamesHostAndLengthAndKeepsTheCallersNames) {
    ClientRequest request = request_to();
    request.headers = {{"Content-Type", "application/json"}, {"X-Outpost-Topic", ""}};
    request.body = Bytes("{}");
    EXPECT_EQ(head_of(request),
              "POST /hook?a=1 HTTP/1.1\r\nHost: example.com\r\nContent-Length: 2\r\nContent-Type: application/json\r\n"
              "X-Outpost-Topic: \r\nAccept-Encoding: gzip\r\n\r\n");
}

TEST(RequestHead, StatesTheLengthOfAnEmptyBodyWhereTheMethodHasOne) {
    ClientRequest request = request_to("/");
    EXPECT_NE(head_of(request).find("Content-Length: 0\r\n"), std::string::npos);
    for (const char* method : {"GET", "HEAD", "DELETE"}) {
        request.method = method;
        EXPECT_EQ(head_of(request).find("Content-Length"), std::string::npos) << method;
    }
    request.body = Bytes("x");
    EXPECT_NE(head_of(request).find("Content-Length: 1\r\n"), std::string::npos);
}

TEST(RequestHead, LeavesTheEncodingToTheCallerWhoSetsOne) {
    ClientRequest request = request_to();
    request.headers = {{"accept-encoding", "identity"}};
    const std::string head = head_of(request);
    EXPECT_NE(head.find("accept-encoding: identity\r\n"), std::string::npos);
    EXPECT_EQ(head.find("gzip"), std::string::npos);
}

TEST(RequestHead, TurnsUserInformationIntoBasicAuthorization) {
    ClientRequest request = request_to();
    request.url.user_info = "us%40er:p%3Aw:d%zz";  // "us@er" and "p:w:d%zz"
    EXPECT_NE(head_of(request).find("Authorization: Basic dXNAZXI6cDp3OmQleno=\r\n"), std::string::npos);
    request.url.user_info = "alone";
    EXPECT_NE(head_of(request).find("Authorization: Basic YWxvbmU6\r\n"), std::string::npos);
    request.headers = {{"authorization", "Bearer t"}};
    EXPECT_EQ(head_of(request).find("Basic"), std::string::npos);
}

TEST(RequestHead, LeavesOutFieldsThatFrameTheMessage) {  // T-65, destinations.md §2.7
    ClientRequest request = request_to();
    request.headers = {{"host", "evil"},    {"CONTENT-LENGTH", "7"}, {"Transfer-Encoding", "chunked"},
                       {"Trailer", "x"},    {"connection", "close"}, {"Upgrade", "h2c"},
                       {"Keep-Alive", "1"}, {"TE", "trailers"},      {"Proxy-Connection", "x"}};
    EXPECT_EQ(head_of(request),
              "POST /hook?a=1 HTTP/1.1\r\nHost: example.com\r\nContent-Length: 0\r\nAccept-Encoding: gzip\r\n\r\n");
}

TEST(RequestHead, TrimsValuesAndSendsBytesOutsideOfAsciiRaw) {
    ClientRequest request = request_to();
    request.headers = {{"X-A", " \tgr\xC3\xBC\xC3\x9F \t"}};
    EXPECT_NE(head_of(request).find("X-A: gr\xC3\xBC\xC3\x9F\r\n"), std::string::npos);
}

TEST(RequestHead, RefusesWhatWouldBreakOutOfItsField) {  // T-65
    const std::vector<std::pair<std::string, std::string>> bad = {
        {"X-A", "1\r\nX-B: 2"}, {"X-A", "1\n"},  {"X-A", std::string("1\0", 2)},
        {"X-A", "\x7F"},        {"X-A", "\x1B"}, {"X A", "1"},
        {"X-A:", "1"},          {"", "1"},       {"X-\xC3\xBC", "1"},
        {"X\r\nY", "1"},
    };
    for (const auto& [name, value] : bad) {
        ClientRequest request = request_to();
        request.headers.add(name, value);
        EXPECT_EQ(head_of(request), "refused: network_error") << name << "=" << value;
    }
}

TEST(RequestHead, RefusesMethodsTargetsAndHostsThatCantBeWritten) {
    for (const char* target : {"", "/a b", "/a\r\nX: 1", "/\x7F"})
        EXPECT_EQ(head_of(request_to(target)), "refused: network_error") << target;
    for (const char* method : {"", "GET /x", "P\nOST"}) {
        ClientRequest request = request_to();
        request.method = method;
        EXPECT_EQ(head_of(request), "refused: network_error") << method;
    }
    ClientRequest request = request_to();
    request.url.host = "a\r\nb";
    EXPECT_EQ(head_of(request), "refused: network_error");
}

}  // namespace
}  // namespace outpost::http
