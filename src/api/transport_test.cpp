// Paths that are no route, redirects, health, portal (api.md §1, §14, §19 cases 1, 2, 18–24).
#include "api/api_fixture.hpp"

namespace outpost::api {
namespace {

struct TransportTest : ApiTest {
    Reply root(std::string_view method, std::string_view target, http::Headers headers = {}) {
        http::ServerRequest request;
        request.method = method;
        request.headers = std::move(headers);
        return call_root(std::move(request), target);
    }
};

TEST_F(TransportTest, AnswersUnknownApiPathsWithoutAuthentication) {
    for (const auto& [method, target] :
         std::vector<std::pair<std::string, std::string>>{{"POST", "/api/v1/topics"},
                                                          {"OPTIONS", "/api/v1/topics"},
                                                          {"HEAD", "/api/v1/topics"},
                                                          {"GET", "/api/v1/a/b/c/d/e"},
                                                          {"GET", "/api/v2/topics"},
                                                          {"GET", "/api/"},
                                                          {"GET", "/api"},
                                                          {"GET", "/apifoo"},
                                                          {"GET", "/%61pi/v1/topics/x/y/z"},
                                                          {"PATCH", "/api/v1/tenants/t1"},
                                                          {"GET", "/api/v1/tenants/a%2Fb"},
                                                          {"GET", "/api/v1/dev/err/panic"}}) {
        const Reply reply = root(method, target);
        EXPECT_EQ(reply.status, 404) << method << ' ' << target;
        EXPECT_EQ(reply.body, R"({"status":404,"message":"not found"})") << method << ' ' << target;
        EXPECT_FALSE(reply.headers.find("Access-Control-Allow-Origin").has_value());
        EXPECT_FALSE(reply.headers.find("Allow").has_value());
    }
}

TEST_F(TransportTest, Case18AnswersAnUnknownWordWithNotFound) {
    EXPECT_EQ(get("/nope").body, R"({"status":404,"message":"not found"})");
    settings.legacy_routes = false;
    rebuild();
    EXPECT_EQ(get("/nope").body, R"({"status":404,"message":"not found"})");
    EXPECT_EQ(get("/t1").status, 404);
}

// Cases 20, 21.
TEST_F(TransportTest, RedirectsATrailingSlashBeforeAuthentication) {
    const Reply got = root("GET", "/api/v1/topics/?x=1");
    EXPECT_EQ(got.status, 301);
    EXPECT_EQ(got.headers.find("Location"), "/api/v1/topics?x=1");
    const Reply put = root("PUT", "/api/v1/tenants/t1/", {{"X-Forwarded-Prefix", "/outpost"}});
    EXPECT_EQ(put.status, 307);
    EXPECT_EQ(put.headers.find("Location"), "/outpost/api/v1/tenants/t1");
    EXPECT_EQ(root("POST", "/api/v1/topics/").status, 404);
}

TEST_F(TransportTest, RefusesPathsThatDecodeToNothingUseful) {
    for (std::string_view target : {"/api/v1/tenants/%zz", "/api/v1/tenants/%00", "/api/v1/tenants/%ff", "/%"}) {
        EXPECT_EQ(root("GET", target).status, 400) << target;
    }
}

TEST_F(TransportTest, DecodesPercentEscapesInIds) {
    EXPECT_EQ(put("/tenants/a%20b%C3%A9").status, 201);
    EXPECT_EQ(get("/tenants/a%20b%C3%A9").text("/id"), "a bé");
}

// Case 23.
TEST_F(TransportTest, ShowsThePortalPageEverywhereElse) {
    for (const auto& [method, target] : std::vector<std::pair<std::string, std::string>>{{"GET", "/"},
                                                                                         {"GET", "/some/portal/page"},
                                                                                         {"POST", "/healthz"},
                                                                                         {"HEAD", "/healthz"},
                                                                                         {"GET", "/x?token=y"}}) {
        const Reply reply = root(method, target);
        EXPECT_EQ(reply.status, 200) << target;
        EXPECT_TRUE(reply.headers.find("Content-Type")->starts_with("text/html")) << target;
    }
}

// Cases 1, 2, 24; decision D11.
TEST_F(TransportTest, ServesHealthAndThePortalsScript) {
    for (std::string_view target : {"/healthz", "/api/v1/healthz"}) {
        const Reply reply = root("GET", target);
        EXPECT_EQ(reply.status, 200);
        EXPECT_EQ(reply.text("/status"), "healthy");
        EXPECT_EQ(reply.text("/timestamp"), "2024-01-01T00:00:00Z");
        EXPECT_EQ(reply.text("/workers/http-server/status"), "healthy");
        EXPECT_EQ(reply.text("/workers/retrymq-consumer/status"), "healthy");
    }
    EXPECT_EQ(root("GET", "/livez").status, 200);
    EXPECT_EQ(root("GET", "/readyz").status, 200);
    readiness.reasons_now = {"disk full"};
    EXPECT_EQ(root("GET", "/readyz").status, 503);
    EXPECT_TRUE(root("GET", "/inject-portal-config.js").body.starts_with("window.PORTAL_CONFIGS = {"));
}

// api.md §1, service types.
TEST_F(TransportTest, ServesOnlyHealthInAProcessWithoutTheApi) {
    settings.health_only = true;
    rebuild();
    EXPECT_EQ(root("GET", "/healthz").status, 200);
    EXPECT_EQ(root("GET", "/api/v1/healthz").status, 200);
    EXPECT_EQ(get("/topics").status, 404);
    EXPECT_EQ(root("GET", "/").status, 404);
    EXPECT_EQ(post("/publish", "{}").status, 404);
}

TEST_F(TransportTest, LetsPublishingSendMore) {
    EXPECT_EQ(body_limit(settings, "POST", "/api/v1/publish"), 4u * 1024 * 1024);
    EXPECT_EQ(body_limit(settings, "POST", "/api/v1/publish/batch"), 4u * 1024 * 1024);
    EXPECT_EQ(body_limit(settings, "PUT", "/api/v1/tenants/t1"), std::nullopt);
}

// Case 8, 144.
TEST_F(TransportTest, ListsTheTopicsAsAnArrayAlways) {
    EXPECT_EQ(get("/topics").body, R"(["user.created","user.updated","user.deleted"])");
    settings.topics.configured.clear();
    rebuild();
    EXPECT_EQ(get("/topics").body, "[]");
}

// Cases 141, 143.
TEST_F(TransportTest, ListsTheTypesInTheirOrder) {
    EXPECT_EQ(get("/destination-types").text("/0/type"), "webhook");
    EXPECT_EQ(get("/destination-types").text("/1/type"), "aws_sqs");
    EXPECT_EQ(get("/destination-types/aws_sqs").text("/config_fields/0/key"), "url");
    EXPECT_EQ(get("/destination-types/nope").body, R"({"status":404,"message":"destination type not found"})");
}

}  // namespace
}  // namespace outpost::api
