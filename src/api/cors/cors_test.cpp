#include "api/cors/cors.hpp"

#include <gtest/gtest.h>

namespace outpost::api {
namespace {

constexpr std::string_view kMethods[] = {"GET", "PUT"};

Cors made(const std::vector<std::string>& origins) {
    auto cors = Cors::make(origins);
    EXPECT_TRUE(cors.has_value()) << cors.error().text();
    return cors ? *cors : Cors();
}

std::string fields_of(const http::Headers& headers) {
    std::string text;
    for (const auto& [name, value] : headers) text += name + ": " + value + "\n";
    return text;
}

std::string marks(const Cors& cors, std::optional<std::string_view> origin) {
    http::Headers headers;
    cors.mark(origin, headers);
    return fields_of(headers);
}

http::ServerRequest asking(std::string_view origin, std::string_view method = "OPTIONS") {
    http::ServerRequest request;
    request.method = method;
    request.headers.add("Origin", std::string(origin));
    request.headers.add("Access-Control-Request-Method", "PUT");
    return request;
}

constexpr std::string_view kExposed =
    "Access-Control-Expose-Headers: X-Request-Id, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, "
    "X-RateLimit-Reset\n";

TEST(Cors, IsOffByDefaultAndThenSaysNothing) {  // api.md §1
    EXPECT_FALSE(Cors().enabled());
    EXPECT_FALSE(made({}).enabled());
    EXPECT_EQ(marks(Cors(), "https://a.example"), "");
    EXPECT_FALSE(Cors().preflight(asking("https://a.example"), kMethods).has_value());
}

TEST(Cors, NamesTheOriginThatIsAllowedAndTellsCachesThatItMatters) {
    const Cors cors = made({"https://a.example", "http://localhost:5173"});
    EXPECT_EQ(marks(cors, "http://localhost:5173"),
              fmt::format("Vary: Origin\nAccess-Control-Allow-Origin: http://localhost:5173\n{}", kExposed));
    EXPECT_EQ(marks(cors, "https://b.example"), "Vary: Origin\n");
    EXPECT_EQ(marks(cors, "https://a.example.evil.example"), "Vary: Origin\n");
    EXPECT_EQ(marks(cors, "http://a.example"), "Vary: Origin\n");
    EXPECT_EQ(marks(cors, "null"), "Vary: Origin\n");
    EXPECT_EQ(marks(cors, std::nullopt), "Vary: Origin\n");
}

TEST(Cors, AStarAllowsEveryOriginAlike) {
    const Cors cors = made({"*"});
    EXPECT_EQ(marks(cors, "https://any.example"), fmt::format("Access-Control-Allow-Origin: *\n{}", kExposed));
    EXPECT_EQ(marks(cors, std::nullopt), "");
}

TEST(Cors, NeverSpeaksOfCredentials) {
    for (const Cors& cors : {made({"*"}), made({"https://a.example"})}) {
        EXPECT_FALSE(marks(cors, "https://a.example").contains("Credentials"));
        EXPECT_FALSE(fields_of(cors.preflight(asking("https://a.example"), kMethods)->headers).contains("Credentials"));
    }
}

TEST(Cors, AnswersAPreflightWithTheMethodsOfThePath) {
    const auto answer = made({"https://a.example"}).preflight(asking("https://a.example"), kMethods);
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->status, 204);
    EXPECT_EQ(answer->body, "");
    EXPECT_EQ(fields_of(answer->headers),
              "Access-Control-Allow-Methods: GET, PUT\n"
              "Access-Control-Allow-Headers: Authorization, Content-Type, Idempotency-Key, X-Request-Id, traceparent, "
              "tracestate\n"
              "Access-Control-Max-Age: 7200\n");
}

TEST(Cors, LeavesWhatIsNoPreflightOrNotAllowedToTheRoutes) {
    const Cors cors = made({"https://a.example"});
    EXPECT_FALSE(cors.preflight(asking("https://b.example"), kMethods).has_value());
    EXPECT_FALSE(cors.preflight(asking("https://a.example", "GET"), kMethods).has_value());
    EXPECT_FALSE(cors.preflight(asking("https://a.example"), {}).has_value());
    http::ServerRequest plain = asking("https://a.example");
    plain.headers.remove("Access-Control-Request-Method");
    EXPECT_FALSE(cors.preflight(plain, kMethods).has_value());
}

TEST(Cors, ReadsOriginsAsBrowsersWriteThem) {
    struct Case {
        const char* entry;
        const char* origin;
    };
    for (const Case& it :
         {Case{"HTTPS://App.Example", "https://app.example"}, Case{"https://a.example:443", "https://a.example"},
          Case{"http://a.example:80", "http://a.example"}, Case{"http://a.example:443", "http://a.example:443"},
          Case{"http://[::1]:80", "http://[::1]"}, Case{"http://[::1]:5173", "http://[::1]:5173"},
          Case{"chrome-extension://abcdef", "chrome-extension://abcdef"}})
        EXPECT_TRUE(marks(made({it.entry}), it.origin).contains("Allow-Origin")) << it.entry;
}

TEST(Cors, RefusesWhatIsNoOriginAndQuotesIt) {
    for (const std::string& bad :
         std::vector<std::string>{"a.example", "https://", "https://a.example/", "https://a.example/x",
                                  "https://u@a.example", "null", "https://a b", "https://*.a.example", "://a", "1a://b",
                                  "https://a.example:", "https://a.example:0", "https://a.example:65536",
                                  "https://a.example:999999", "https://a.example?x", "https://[::1", "https://a:b:1"}) {
        const auto cors = Cors::make({bad});
        ASSERT_FALSE(cors.has_value()) << bad;
        EXPECT_EQ(cors.error().code(), Errc::invalid);
        EXPECT_TRUE(cors.error().text().starts_with(fmt::format("{:?} is not an origin: ", bad))) << bad;
    }
    EXPECT_FALSE(Cors::make({"*", "https://a.example"}).has_value()) << "a star stands alone";
}

}  // namespace
}  // namespace outpost::api
