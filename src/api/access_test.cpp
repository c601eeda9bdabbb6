// Every route × every kind of caller (api.md §2.1–2.3, §19 cases 3–17, hard-cases T-67, T-69).
#include "api/api_fixture.hpp"

#include "api/route_table.hpp"
#include "base/crypto.hpp"
#include "base/encoding.hpp"

#include <set>

namespace outpost::api {
namespace {

/// From the tables of api.md §6 and §16.2 and portal.md §15a, not from the code.
struct Documented {
    std::string_view method, path;
    Access access;
    Era era = Era::current;
};
constexpr Documented kDocumented[] = {
    {"GET", "/healthz", Access::open},
    {"GET", "/livez", Access::open},
    {"GET", "/readyz", Access::open},
    {"GET", "/inject-portal-config.js", Access::open},
    {"GET", "/api/v1/healthz", Access::open},
    {"GET", "/api/v1/openapi.json", Access::open},
    {"GET", "/api/v1/destination-types", Access::any},
    {"GET", "/api/v1/destination-types/{type}", Access::any},
    {"GET", "/api/v1/topics", Access::any},
    {"POST", "/api/v1/publish", Access::key},
    {"POST", "/api/v1/publish/batch", Access::key},
    {"POST", "/api/v1/retry", Access::any},
    {"GET", "/api/v1/tenants", Access::any},
    {"PUT", "/api/v1/tenants/{tenant_id}", Access::any},
    {"GET", "/api/v1/tenants/{tenant_id}", Access::any},
    {"DELETE", "/api/v1/tenants/{tenant_id}", Access::any},
    {"GET", "/api/v1/tenants/{tenant_id}/token", Access::key},
    {"GET", "/api/v1/tenants/{tenant_id}/portal", Access::key},
    {"GET", "/api/v1/tenants/{tenant_id}/destinations", Access::any},
    {"POST", "/api/v1/tenants/{tenant_id}/destinations", Access::any},
    {"GET", "/api/v1/tenants/{tenant_id}/destinations/{destination_id}", Access::any},
    {"PATCH", "/api/v1/tenants/{tenant_id}/destinations/{destination_id}", Access::any},
    {"DELETE", "/api/v1/tenants/{tenant_id}/destinations/{destination_id}", Access::any},
    {"PUT", "/api/v1/tenants/{tenant_id}/destinations/{destination_id}/enable", Access::any},
    {"PUT", "/api/v1/tenants/{tenant_id}/destinations/{destination_id}/disable", Access::any},
    {"GET", "/api/v1/tenants/{tenant_id}/destinations/{destination_id}/attempts", Access::any},
    {"GET", "/api/v1/tenants/{tenant_id}/destinations/{destination_id}/attempts/{attempt_id}", Access::any},
    {"GET", "/api/v1/tenants/{tenant_id}/destinations/health", Access::any},
    {"GET", "/api/v1/tenants/{tenant_id}/destinations/{destination_id}/health", Access::any},
    {"POST", "/api/v1/tenants/{tenant_id}/destinations/{destination_id}/test", Access::any},
    {"POST", "/api/v1/tenants/{tenant_id}/destinations/{destination_id}/events/{event_id}/cancel", Access::any},
    {"POST", "/api/v1/tenants/{tenant_id}/destinations/{destination_id}/recover", Access::any},
    {"POST", "/api/v1/retry/bulk", Access::any},
    {"GET", "/api/v1/tasks", Access::any},
    {"GET", "/api/v1/tasks/{task_id}", Access::any},
    {"POST", "/api/v1/tasks/{task_id}/cancel", Access::any},
    {"POST", "/api/v1/filters/test", Access::any},
    {"GET", "/api/v1/events", Access::any},
    {"GET", "/api/v1/events/{event_id}", Access::any},
    {"GET", "/api/v1/attempts", Access::any},
    {"GET", "/api/v1/attempts/{attempt_id}", Access::any},
    {"GET", "/api/v1/metrics/events", Access::any},
    {"GET", "/api/v1/metrics/attempts", Access::any},
    {"PUT", "/api/v1/{tenant_id}", Access::any, Era::seed},
    {"GET", "/api/v1/{tenant_id}", Access::any, Era::seed},
    {"DELETE", "/api/v1/{tenant_id}", Access::any, Era::seed},
    {"GET", "/api/v1/{tenant_id}/token", Access::key, Era::seed},
    {"GET", "/api/v1/{tenant_id}/portal", Access::key, Era::seed},
    {"GET", "/api/v1/{tenant_id}/destinations", Access::any, Era::seed},
    {"POST", "/api/v1/{tenant_id}/destinations", Access::any, Era::seed},
    {"GET", "/api/v1/{tenant_id}/destinations/{destination_id}", Access::any, Era::seed},
    {"PATCH", "/api/v1/{tenant_id}/destinations/{destination_id}", Access::any, Era::seed},
    {"DELETE", "/api/v1/{tenant_id}/destinations/{destination_id}", Access::any, Era::seed},
    {"PUT", "/api/v1/{tenant_id}/destinations/{destination_id}/enable", Access::any, Era::seed},
    {"PUT", "/api/v1/{tenant_id}/destinations/{destination_id}/disable", Access::any, Era::seed},
    {"GET", "/api/v1/{tenant_id}/destinations/{destination_id}/events", Access::any, Era::seed},
    {"GET", "/api/v1/{tenant_id}/destinations/{destination_id}/events/{event_id}", Access::any, Era::seed},
    {"POST", "/api/v1/{tenant_id}/destinations/{destination_id}/events/{event_id}/retry", Access::any, Era::seed},
    {"GET", "/api/v1/{tenant_id}/topics", Access::any, Era::seed},
    {"GET", "/api/v1/{tenant_id}/destination-types", Access::any, Era::seed},
    {"GET", "/api/v1/{tenant_id}/destination-types/{type}", Access::any, Era::seed},
    {"GET", "/api/v1/{tenant_id}/events", Access::any, Era::seed},
    {"GET", "/api/v1/{tenant_id}/events/{event_id}", Access::any, Era::seed},
    {"GET", "/api/v1/{tenant_id}/events/{event_id}/deliveries", Access::any, Era::seed},
    {"GET", "/api/v1/tenants/{tenant_id}/destinations/{destination_id}/events", Access::any, Era::seed},
    {"GET", "/api/v1/tenants/{tenant_id}/destinations/{destination_id}/events/{event_id}", Access::any, Era::seed},
    {"POST", "/api/v1/tenants/{tenant_id}/destinations/{destination_id}/events/{event_id}/retry", Access::any,
     Era::seed},
    {"GET", "/api/v1/tenants/{tenant_id}/topics", Access::any, Era::seed},
    {"GET", "/api/v1/tenants/{tenant_id}/destination-types", Access::any, Era::seed},
    {"GET", "/api/v1/tenants/{tenant_id}/destination-types/{type}", Access::any, Era::seed},
    {"GET", "/api/v1/tenants/{tenant_id}/events", Access::any, Era::seed},
    {"GET", "/api/v1/tenants/{tenant_id}/events/{event_id}", Access::any, Era::seed},
    {"GET", "/api/v1/tenants/{tenant_id}/events/{event_id}/deliveries", Access::any, Era::seed},
    {"GET", "/api/v1/destinations", Access::any, Era::seed},
};

std::string filled(std::string_view path) {
    std::string text(path);
    constexpr std::pair<std::string_view, std::string_view> kValues[] = {{"{tenant_id}", "t1"},
                                                                         {"{destination_id}", "d1"},
                                                                         {"{event_id}", "e1"},
                                                                         {"{attempt_id}", "a1"},
                                                                         {"{type}", "webhook"}};
    for (const auto& [name, value] : kValues) {
        if (const std::size_t at = text.find(name); at != std::string::npos) text.replace(at, name.size(), value);
    }
    return text;
}

std::string with_algorithm(std::string_view algorithm, std::string_view secret) {
    const std::string text = to_base64url(fmt::format(R"({{"alg":"{}","typ":"JWT"}})", algorithm)) + '.' +
                             to_base64url(R"({"iss":"outpost","sub":"t1"})");
    return "Bearer " + text + '.' + (secret.empty() ? "" : to_base64url(hmac_sha256(secret, text)));
}

struct AccessTest : ApiTest, testing::WithParamInterface<Documented> {
    AccessTest() { settle_attempt(accept_event("t1", "e1"), "a1", 1, model::AttemptStatus::success); }

    Reply ask(const std::string& authorization) {
        http::ServerRequest request;
        request.method = GetParam().method;
        if (!authorization.empty()) request.headers.add("Authorization", authorization);
        if (request.method == "PATCH") request.body = Bytes("{}");
        return call_root(std::move(request), filled(GetParam().path));
    }
};

TEST_P(AccessTest, LetsInWhomTheContractNames) {
    const Access access = GetParam().access;
    const bool open = access == Access::open;
    const bool has_tenant = GetParam().path.contains("{tenant_id}");
    const int forbidden = GetParam().era == Era::seed ? 401 : 403;  // api.md §16.3, case 167
    const auto is_let_in = [](const Reply& reply) {
        return reply.status != 401 && reply.status != 403 && reply.message() != "not found";
    };
    // Barred first: some routes change what the next call would meet.
    const std::string expired = "Bearer " + sign_token({"t1", clock.now() - 25h, ""}, "jwt secret");
    for (const std::string& nobody :
         {std::string(), std::string("Bearer "), std::string("Basic K"), std::string("bearer K"),
          std::string("Bearer garbage"), std::string("Bearer K2"), expired, with_algorithm("none", ""),
          with_algorithm("HS512", "jwt secret"), with_algorithm("HS256", "K"), with_algorithm("HS256", "another"),
          token("ghost")}) {
        const Reply reply = ask(nobody);
        if (open) {
            EXPECT_EQ(reply.status, 200) << nobody;
            continue;
        }
        // A token of a tenant that does not exist is valid, so the path is compared before the look-up (steps 5–7).
        const bool ghost = nobody == token("ghost");
        EXPECT_EQ(reply.status, ghost && (access == Access::key || has_tenant) ? forbidden : 401) << nobody;
        EXPECT_EQ(reply.at("/status"), std::to_string(reply.status)) << "decision A1";
    }
    const Reply other = ask(token("t2"));
    if (!open && (access == Access::key || has_tenant)) EXPECT_EQ(other.status, forbidden);
    else EXPECT_TRUE(is_let_in(other)) << other.body;
    const Reply own = ask(token("t1"));
    if (access == Access::key) EXPECT_EQ(own.status, forbidden);
    else EXPECT_TRUE(is_let_in(own)) << own.body;
}

TEST_P(AccessTest, LetsTheKeyInEverywhere) {
    const Reply reply = ask(key());
    EXPECT_NE(reply.status, 401);
    EXPECT_NE(reply.status, 403);
    // One route means the tenant of the caller, and the key has none (api.md §16.5, rule 3).
    EXPECT_EQ(reply.message() == "not found", GetParam().path == "/api/v1/destinations");
}

TEST_P(AccessTest, IsOpenToEverybodyInOpenMode) {
    settings.open_access = true;
    rebuild();
    const Reply reply = ask(token("t2"));
    EXPECT_NE(reply.status, 401);
    EXPECT_NE(reply.status, 403);
}

INSTANTIATE_TEST_SUITE_P(Routes, AccessTest, testing::ValuesIn(kDocumented), [](const auto& info) {
    std::string name = std::string(info.param.method) + std::string(info.param.path);
    for (char& letter : name) {
        const bool plain =
            (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9');
        if (!plain) letter = '_';
    }
    return name;
});

struct RouteTableTest : ApiTest {};

TEST_F(RouteTableTest, HoldsExactlyTheDocumentedRoutes) {
    std::set<std::string> documented;
    for (const Documented& it : kDocumented) {
        documented.insert(fmt::format("{} {} {}", it.method, it.path, static_cast<int>(it.access)));
    }
    std::set<std::string> served;
    for (const RouteDescription& it : api->routes()) {
        served.insert(fmt::format("{} {} {}", it.method, it.path, static_cast<int>(it.access)));
    }
    EXPECT_EQ(served, documented);
}

// Case 10, case 35: a token dies with its tenant.
TEST_F(RouteTableTest, ForgetsTheTokensOfADeletedTenant) {
    const std::string own = token("t1");
    EXPECT_EQ(call("GET", "/topics", own).status, 200);
    EXPECT_EQ(call("DELETE", "/tenants/t1", own).status, 200);
    EXPECT_EQ(call("GET", "/topics", own).status, 401);
    EXPECT_EQ(call("GET", "/tenants/t1", own).status, 401);
    EXPECT_EQ(get("/tenants/t1").status, 404);
    EXPECT_EQ(get("/tenants/t1").message(), "tenant not found");
}

// Case 32: tenants cannot create themselves.
TEST_F(RouteTableTest, LetsNoTenantCreateItself) {
    EXPECT_EQ(call("PUT", "/tenants/ghost", token("ghost")).status, 401);
    EXPECT_EQ(get("/tenants/ghost").status, 404);
}

// Decision A14: without a secret no token exists.
TEST_F(RouteTableTest, AnswersTokenRoutesWith501WithoutASecret) {
    settings.jwt_secret = "";
    rebuild();
    EXPECT_EQ(get("/tenants/t1/token").status, 501);
    EXPECT_EQ(get("/tenants/t1/portal").status, 501);
    EXPECT_EQ(call("GET", "/topics", token("t1")).status, 401);
    EXPECT_EQ(call("GET", "/topics", with_algorithm("HS256", "")).status, 401);
}

}  // namespace
}  // namespace outpost::api
