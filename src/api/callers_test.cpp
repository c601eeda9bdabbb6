// What holds for every route: pages of other origins (portal.md §14), the requests a caller may make (api.md §1), and
// the id that ties an answer to its lines in the log.
#include "api/api_fixture.hpp"
#include "base/log.hpp"

namespace outpost::api {
namespace {

struct CorsTest : ApiTest {
    CorsTest() {
        settings.cors = *Cors::make({"https://app.example"});
        rebuild();
    }
    Reply send(std::string_view method, std::string_view target, std::string origin, std::string asks = "") {
        http::ServerRequest request;
        request.method = method;
        request.headers.add("Authorization", key());
        if (!origin.empty()) request.headers.add("Origin", std::move(origin));
        if (!asks.empty()) request.headers.add("Access-Control-Request-Method", std::move(asks));
        return call_root(std::move(request), target);
    }
};

TEST_F(CorsTest, APreflightIsAnsweredWithTheMethodsOfItsPath) {
    const Reply reply = send("OPTIONS", "/api/v1/tenants/t1/destinations/d1", "https://app.example", "PATCH");
    EXPECT_EQ(reply.status, 204);
    EXPECT_EQ(reply.body, "");
    EXPECT_EQ(reply.headers.find("Access-Control-Allow-Origin"), "https://app.example");
    EXPECT_EQ(reply.headers.find("Access-Control-Allow-Methods"), "GET, PATCH, DELETE");
    EXPECT_EQ(reply.headers.find("Access-Control-Max-Age"), "7200");
    EXPECT_EQ(reply.headers.find("Vary"), "Origin");
}

TEST_F(CorsTest, APreflightOfAnotherOriginOrForAnUnknownPathIsNoRoute) {
    for (const auto& [target, origin] : std::vector<std::pair<std::string, std::string>>{
             {"/api/v1/topics", "https://other.example"}, {"/api/v1/a/b/c/d/e/f", "https://app.example"}}) {
        const Reply reply = send("OPTIONS", target, origin, "GET");
        EXPECT_EQ(reply.status, 404) << target;
        EXPECT_EQ(reply.body, R"({"status":404,"message":"not found"})");
        EXPECT_FALSE(reply.headers.find("Access-Control-Allow-Methods").has_value());
    }
}

TEST_F(CorsTest, AnswersAndErrorsCanBeReadByTheAllowedOriginOnly) {
    for (const std::string_view target : {"/api/v1/topics", "/api/v1/tenants/nobody", "/api/v1/events?limit=x", "/"}) {
        const Reply reply = send("GET", target, "https://app.example");
        EXPECT_EQ(reply.headers.find("Access-Control-Allow-Origin"), "https://app.example") << target;
        EXPECT_TRUE(reply.headers.find("Access-Control-Expose-Headers").has_value()) << target;
        const Reply other = send("GET", target, "https://other.example");
        EXPECT_EQ(other.status, reply.status) << target;
        EXPECT_FALSE(other.headers.find("Access-Control-Allow-Origin").has_value()) << target;
        EXPECT_EQ(other.headers.find("Vary"), "Origin") << target;
    }
}

struct RateTest : ApiTest {
    RateTest() {
        rate_limiter = &limiter;
        rebuild();
    }
    Reply with(const std::string& authorization, std::string_view target = "/topics") {
        return call("GET", target, authorization);
    }
    RateLimiter limiter{{3}};
};

TEST_F(RateTest, TheKeyAndEachTenantHaveTheirOwnAllowance) {
    for (const std::string& caller : {key(), token("t1"), token("t2")}) {
        for (int left = 2; left >= 0; --left) {
            const Reply reply = with(caller);
            EXPECT_EQ(reply.status, 200);
            EXPECT_EQ(reply.headers.find("X-RateLimit-Limit"), "3");
            EXPECT_EQ(reply.headers.find("X-RateLimit-Remaining"), std::to_string(left));
        }
        EXPECT_EQ(with(caller).status, 429);
    }
}

TEST_F(RateTest, ARefusalSaysWhenToComeBackAndThenItWorks) {
    for (int i = 0; i < 3; ++i) with(key());
    const Reply refused = with(key());
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(refused.body, R"({"status":429,"message":"rate limit exceeded"})");
    EXPECT_EQ(refused.headers.find("Retry-After"), "20");
    EXPECT_EQ(refused.headers.find("X-RateLimit-Remaining"), "0");
    EXPECT_EQ(refused.headers.find("X-RateLimit-Reset"), "1704067260");
    clock.advance(20s);
    EXPECT_EQ(with(key()).status, 200);
}

TEST_F(RateTest, AllTokensOfATenantCountTogether) {
    const std::string first = token("t1");
    clock.advance(1s);
    const std::string second = token("t1");
    ASSERT_NE(first, second);
    EXPECT_EQ(with(first).status, 200);
    EXPECT_EQ(with(second).status, 200);
    EXPECT_EQ(with(second).headers.find("X-RateLimit-Remaining"), "0");
}

TEST_F(RateTest, ErrorsCountAndProbesAndStrangersDoNot) {
    EXPECT_EQ(with(key(), "/tenants/nobody/token").headers.find("X-RateLimit-Remaining"), "2");
    EXPECT_EQ(with(key(), "/destination-types/nope").headers.find("X-RateLimit-Remaining"), "1");
    for (int i = 0; i < 10; ++i) {
        http::ServerRequest probe;
        probe.method = "GET";
        const Reply reply = call_root(std::move(probe), "/healthz");
        EXPECT_EQ(reply.status, 200);
        EXPECT_FALSE(reply.headers.find("X-RateLimit-Limit").has_value());
        EXPECT_EQ(with("Bearer stranger").status, 401);
    }
    EXPECT_EQ(with(key()).headers.find("X-RateLimit-Remaining"), "0");
}

struct TraceTest : ApiTest {
    /// What the log says of one request with the id r-1.
    std::string log_of(std::string_view method, std::string_view target, std::string body) {
        http::ServerRequest request;
        request.method = method;
        request.id = "r-1";
        request.headers.add("Authorization", key());
        request.body = Bytes(std::move(body));
        testing::internal::CaptureStderr();
        call_root(std::move(request), target);
        return testing::internal::GetCapturedStderr();
    }
    static constexpr std::string_view kEvent = R"({"tenant_id":"t1","topic":"user.created","data":{}})";
};

TEST_F(TraceTest, AFailureOfOursIsOneLineWithTheIdAndTheCause) {
    pipeline.receipt = fail(Errc::unavailable, "disk full");
    const std::string line = log_of("POST", "/api/v1/publish", std::string(kEvent));
    EXPECT_TRUE(line.contains(R"("level":"warn")")) << line;
    EXPECT_TRUE(line.contains(R"("msg":"api.request_failed")")) << line;
    EXPECT_TRUE(line.contains(R"("request_id":"r-1","method":"POST","path":"/api/v1/publish","status":503)")) << line;
    EXPECT_TRUE(line.contains("disk full")) << line;
    EXPECT_EQ(std::ranges::count(line, '\n'), 1) << line;
    pipeline.receipt = fail(Errc::internal, "broken");
    EXPECT_TRUE(log_of("POST", "/api/v1/publish", std::string(kEvent)).contains(R"("level":"error")"));
}

TEST_F(TraceTest, ABatchThatIsStoredInPartSaysWhyTheRestIsNot) {
    pipeline.receipts->push_back(fail(Errc::unavailable, "disk full"));
    const std::string line = log_of("POST", "/api/v1/publish/batch", fmt::format(R"({{"events":[{}]}})", kEvent));
    EXPECT_TRUE(line.contains(R"("request_id":"r-1")") && line.contains(R"("status":207)")) << line;
    EXPECT_TRUE(line.contains("disk full")) << line;
}

TEST_F(TraceTest, AClientsMistakeAndARedProbeAreNoFailures) {
    EXPECT_EQ(log_of("POST", "/api/v1/publish", "{"), "");
    readiness.reasons_now = {"disk full"};
    EXPECT_EQ(log_of("GET", "/readyz", ""), "");
}

TEST_F(TraceTest, EveryRequestHasADebugLineWithItsId) {
    log::set_level(log::Level::debug);
    const std::string line = log_of("GET", "/api/v1/topics", "");
    log::set_level(log::Level::info);
    EXPECT_TRUE(line.contains(R"("msg":"api.request")")) << line;
    EXPECT_TRUE(line.contains(R"("request_id":"r-1","method":"GET","path":"/api/v1/topics","status":200)")) << line;
}

}  // namespace
}  // namespace outpost::api
