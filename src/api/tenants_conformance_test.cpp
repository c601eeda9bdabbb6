// api.md §19 cases 25–50; each test names its cases.
#include "api/api_fixture.hpp"

#include "base/encoding.hpp"

namespace outpost::api {
namespace {

using TenantCases = ApiTest;

TEST_F(TenantCases, Case25To28PutCreatesThenReplacesMetadata) {
    const Reply created = put("/tenants/new");
    EXPECT_EQ(created.status, 201);
    EXPECT_EQ(created.body, R"({"id":"new","destinations_count":0,"topics":[],)"
                            R"("created_at":"2024-01-01T00:00:00Z","updated_at":"2024-01-01T00:00:00Z"})");
    EXPECT_EQ(put("/tenants/new").status, 200);
    EXPECT_EQ(put("/tenants/t1", R"({"metadata":{"env":"prod"}})").text("/metadata/env"), "prod");
    EXPECT_EQ(put("/tenants/t1").at("/metadata"), "absent");
}

TEST_F(TenantCases, Case29And30MetadataIsCoercedOrRefused) {
    const Reply created = put("/tenants/t3", R"({"metadata":{"n":42,"b":true,"r":3.14,"z":null,"o":{"k":"v"}}})");
    EXPECT_EQ(created.status, 201);
    EXPECT_EQ(created.at("/metadata"), R"({"b":"true","n":"42","o":"{\"k\":\"v\"}","r":"3.14","z":""})");
    const Reply refused = put("/tenants/t1", "{bad");
    EXPECT_EQ(refused.status, 422);
    EXPECT_EQ(refused.body, R"({"status":422,"message":"invalid JSON"})");
}

TEST_F(TenantCases, Case31And33ATenantReadsAndWritesItself) {
    EXPECT_EQ(call("PUT", "/tenants/t1", token("t1"), R"({"metadata":{"role":"owner"}})").status, 200);
    for (const std::string& caller : {key(), token("t1")}) {
        const Reply reply = call("GET", "/tenants/t1", caller);
        EXPECT_EQ(reply.status, 200);
        EXPECT_EQ(reply.text("/metadata/role"), "owner");
        EXPECT_EQ(reply.at("/destinations_count"), "1");
        EXPECT_EQ(reply.at("/topics"), R"(["*"])");
    }
}

TEST_F(TenantCases, Case34To36DeletingTakesTheDestinationsAlong) {
    EXPECT_EQ(get("/tenants/missing").body, R"({"status":404,"message":"tenant not found"})");
    EXPECT_EQ(call("DELETE", "/tenants/t1", key()).body, R"({"success":true})");
    EXPECT_EQ(call("DELETE", "/tenants/t1", key()).status, 404);
    const Reply again = put("/tenants/t1");
    EXPECT_EQ(again.status, 201);
    EXPECT_EQ(again.at("/destinations_count"), "0");
    EXPECT_EQ(get("/tenants/t1/destinations").body, "[]");
}

TEST_F(TenantCases, Case37TopicsAreTheSortedUnion) {
    const std::string config = R"("config":{"url":"https://e.com"})";
    post("/tenants/t2/destinations", R"({"type":"webhook","topics":["user.deleted"],)" + config + "}");
    post("/tenants/t2/destinations", R"({"type":"webhook","topics":["user.created"],)" + config + "}");
    EXPECT_EQ(get("/tenants/t2").at("/topics"), R"(["user.created","user.deleted"])");
    EXPECT_EQ(get("/tenants/t2").at("/destinations_count"), "2");
    post("/tenants/t2/destinations", R"({"type":"webhook","topics":"*",)" + config + "}");
    EXPECT_EQ(get("/tenants/t2").at("/topics"), R"(["*"])");
}

TEST_F(TenantCases, Case38To40ListsPageByPage) {
    clock.advance(1s);
    put("/tenants/t3");
    const Reply first = get("/tenants?limit=2");
    EXPECT_EQ(first.text("/models/0/id"), "t3");
    EXPECT_EQ(first.at("/count"), "3");
    EXPECT_EQ(first.text("/pagination/order_by"), "created_at");
    EXPECT_EQ(first.text("/pagination/dir"), "desc");
    EXPECT_EQ(first.at("/pagination/limit"), "2");
    EXPECT_EQ(first.at("/pagination/prev"), "null");
    const Reply last = get("/tenants?limit=2&next=" + first.text("/pagination/next"));
    EXPECT_EQ(last.at("/pagination/next"), "null");
    EXPECT_EQ(last.at("/models/1"), "absent");
    const Reply back = get("/tenants?limit=2&prev=" + last.text("/pagination/prev"));
    EXPECT_EQ(back.at("/models"), first.at("/models"));
    EXPECT_EQ(get("/tenants?dir=asc").text("/models/2/id"), "t3");
}

TEST_F(TenantCases, Case38And39FollowsLinksForthAndBack) {
    clock.advance(1s);
    put("/tenants/t3");
    const Reply first = get("/tenants?limit=1");
    EXPECT_EQ(first.text("/models/0/id"), "t3");
    const Reply middle = get("/tenants?limit=1&next=" + first.text("/pagination/next"));
    const Reply last = get("/tenants?limit=1&next=" + middle.text("/pagination/next"));
    EXPECT_EQ(last.at("/pagination/next"), "null");
    EXPECT_NE(last.at("/pagination/prev"), "null");
    EXPECT_NE(last.text("/models/0/id"), middle.text("/models/0/id"));
    const Reply back = get("/tenants?limit=1&prev=" + last.text("/pagination/prev"));
    EXPECT_EQ(back.at("/models"), middle.at("/models"));
}

TEST_F(TenantCases, Case41FiltersByIdInEverySpelling) {
    put("/tenants/a.b:c,d");
    EXPECT_EQ(get("/tenants?id=t2").at("/count"), "1");
    EXPECT_EQ(get("/tenants?id[]=t1&id[]=t2").at("/count"), "2");
    EXPECT_EQ(get("/tenants?id%5B0%5D=t2").text("/models/0/id"), "t2");
    EXPECT_EQ(get("/tenants?id=a.b:c,d").text("/models/0/id"), "a.b:c,d");
    EXPECT_EQ(get("/tenants?id=missing").at("/models"), "[]");
}

TEST_F(TenantCases, Case42To46RefusesWrongParameters) {
    EXPECT_EQ(get("/tenants?dir=up").status, 422);
    EXPECT_EQ(get("/tenants?dir=up").text("/data/query.dir"), "must be 'asc' or 'desc'");
    for (std::string_view limit : {"0", "101"}) {
        const Reply reply = get(fmt::format("/tenants?limit={}", limit));
        EXPECT_EQ(reply.status, 400);
        EXPECT_EQ(reply.message(), "invalid limit: must be between 1 and 100");
    }
    EXPECT_EQ(get("/tenants?limit=x").message(), "invalid limit: must be an integer");
    EXPECT_EQ(get("/tenants?next=a&prev=b").message(), "cannot specify both 'next' and 'prev' cursors");
    EXPECT_EQ(get("/tenants?next=!!!").status, 400);
    EXPECT_TRUE(get("/tenants?next=!!!").message().starts_with("invalid cursor"));
}

TEST_F(TenantCases, Case47ATenantSeesOnlyItself) {
    const Reply reply = call("GET", "/tenants?limit=x&id=t2", token("t1"));
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.text("/models/0/id"), "t1");
    EXPECT_EQ(reply.at("/models/1"), "absent");
    EXPECT_EQ(reply.at("/count"), "1");
    EXPECT_EQ(reply.at("/pagination"), R"({"order_by":"created_at","dir":"desc","limit":20,"next":null,"prev":null})");
}

TEST_F(TenantCases, Case48TheTokenOpensItsTenant) {
    const Reply reply = get("/tenants/t1/token");
    EXPECT_EQ(reply.text("/tenant_id"), "t1");
    const std::string token = reply.text("/token");
    const std::size_t dot = token.find('.');
    const auto claims = from_base64url(token.substr(dot + 1, token.rfind('.') - dot - 1));
    ASSERT_TRUE(claims.has_value());
    EXPECT_EQ(*claims, R"({"iss":"outpost","sub":"t1","iat":1704067200,"exp":1704153600})");
    EXPECT_EQ(call("GET", "/tenants/t1", "Bearer " + reply.text("/token")).status, 200);
    EXPECT_EQ(call("GET", "/tenants/t2", "Bearer " + reply.text("/token")).status, 403);
}

TEST_F(TenantCases, Case49And50ThePortalLinkUsesTheCallersAddress) {
    const Reply reply = get("/tenants/t1/portal?theme=dark");
    EXPECT_EQ(reply.text("/tenant_id"), "t1");
    const std::string url = reply.text("/redirect_url");
    EXPECT_TRUE(url.starts_with("http://outpost.example:3333?token="));
    EXPECT_TRUE(url.ends_with("&theme=dark"));
    EXPECT_FALSE(get("/tenants/t1/portal?theme=blue").text("/redirect_url").contains("theme"));
    EXPECT_EQ(get("/tenants/missing/portal").message(), "tenant not found");
    http::ServerRequest behind_proxy;
    behind_proxy.method = "GET";
    behind_proxy.headers = {{"Host", "events.example"}, {"X-Forwarded-Proto", "https, http"}, {"Authorization", key()}};
    EXPECT_TRUE(call_root(std::move(behind_proxy), "/api/v1/tenants/t1/portal")
                    .text("/redirect_url")
                    .starts_with("https://events.example?token="));
}

}  // namespace
}  // namespace outpost::api
