// api.md §19 cases 51–91, as far as they do not belong to one type; each test names its cases.
#include "api/api_fixture.hpp"

namespace outpost::api {
namespace {

struct DestinationCases : ApiTest {
    Reply create(std::string_view rest, std::string_view caller = "Bearer K", std::string_view tenant = "t1") {
        return call("POST", fmt::format("/tenants/{}/destinations", tenant), caller,
                    fmt::format(R"({{"type":"webhook","topics":"*","config":{{"url":"https://e.com/h"}}{}}})", rest));
    }
};

TEST_F(DestinationCases, Case51CreatesWithDefaults) {
    const Reply reply = create("");
    EXPECT_EQ(reply.status, 201);
    EXPECT_FALSE(reply.headers.find("Location").has_value());
    EXPECT_EQ(reply.text("/tenant_id"), "t1");
    EXPECT_EQ(reply.at("/topics"), R"(["*"])");
    EXPECT_EQ(reply.at("/disabled_at"), "null");
    EXPECT_EQ(reply.text("/target"), "https://e.com/h");
    EXPECT_EQ(reply.text("/credentials/secret"), "whsec_made");
    EXPECT_EQ(reply.text("/id").size(), 36u);
    for (std::string_view absent : {"/filter", "/metadata", "/delivery_metadata", "/target_url"}) {
        EXPECT_EQ(reply.at(absent), "absent") << absent;
    }
    EXPECT_EQ(get("/tenants/t1/destinations/" + reply.text("/id")).body, reply.body);
}

TEST_F(DestinationCases, Case52And63RefusesATakenIdAndTheLimit) {
    EXPECT_EQ(create(R"(,"id":"mine")").status, 201);
    const Reply taken = create(R"(,"id":"mine")");
    EXPECT_EQ(taken.status, 400);
    EXPECT_EQ(taken.message(), "destination already exists");
    EXPECT_EQ(create("").status, 201);
    EXPECT_EQ(create("").status, 400);
    EXPECT_EQ(create("").message(), "maximum number of destinations per tenant reached");
    EXPECT_EQ(create("", key(), "t2").status, 201);
}

TEST_F(DestinationCases, Case53To60And67NamesWhatIsWrong) {
    struct Case {
        std::string_view body;
        std::string_view message, data;
    };
    constexpr Case kCases[] = {
        {"{}", "validation error", R"(["type is required","topics is required"])"},
        {R"({"type":"webhook","topics":[]})", "validation failed: invalid topics", "absent"},
        {R"({"type":"webhook","topics":"user.created"})", "validation failed: invalid topics format", "absent"},
        {R"({"type":"webhook","topics":["nope"]})", "validation failed: invalid topics", "absent"},
        {R"({"type":"webhook","topics":["*","user.created"]})", "validation failed: invalid topics", "absent"},
        {R"({"type":"webhook","topics":["user.*"]})", "validation failed: invalid topics", "absent"},
        {R"({"type":"webhook","topics":"*"})", "validation error", R"(["config.url is required"])"},
        {R"({"type":"webhook","topics":"*","config":{"url":"ftp://x"}})", "validation error",
         R"(["config.url failed pattern validation"])"},
        {R"({"type":"smoke","topics":"*"})", "no provider registered for destination type: smoke", "absent"},
        {R"({"type":"webhook","topics":"*","created_at":"2024-01-01T00:00:00.001Z"})",
         "created_at cannot be in the future", "absent"},
        {R"({"type":"webhook","topics":"*","updated_at":"2024-01-01T00:00:00.001Z"})",
         "updated_at cannot be in the future", "absent"},
        {R"({"type":"webhook","topics":"*","disabled_at":"2024-01-01T00:00:00.001Z"})",
         "disabled_at cannot be in the future", "absent"},
        {"", "invalid JSON", "absent"},
    };
    for (const Case& it : kCases) {
        const Reply reply = post("/tenants/t1/destinations", std::string(it.body));
        EXPECT_EQ(reply.status, 422) << it.body;
        EXPECT_EQ(reply.message(), it.message) << it.body;
        EXPECT_EQ(reply.at("/data"), it.data) << it.body;
    }
}

TEST_F(DestinationCases, Case57NormalisesWildcards) {
    settings.topics.allow_wildcards = true;
    rebuild();
    const std::string tail = R"(,"config":{"url":"https://e.com"}})";
    EXPECT_EQ(post("/tenants/t1/destinations",
                   R"({"type":"webhook","topics":["user.*","user.created","user.created"])" + tail)
                  .at("/topics"),
              R"(["user.*"])");
    EXPECT_EQ(post("/tenants/t1/destinations", R"({"type":"webhook","topics":["order.*"])" + tail).status, 422);
}

TEST_F(DestinationCases, Case64To66And68ImportsWhatTheRoleMay) {
    EXPECT_EQ(create(R"(,"credentials":{"secret":"x"})", token("t1")).at("/data"),
              R"(["credentials.secret is forbidden"])");
    const Reply denied = create(R"(,"created_at":"2023-01-01T00:00:00Z")", token("t1"));
    EXPECT_EQ(denied.status, 403);
    EXPECT_EQ(denied.message(), "created_at and updated_at can only be set with API key authentication");
    const Reply imported = create(R"(,"created_at":"2023-01-01T00:00:00Z")");
    EXPECT_EQ(imported.text("/updated_at"), "2023-01-01T00:00:00Z");
    EXPECT_EQ(create(R"(,"disabled_at":"2023-01-01T00:00:00Z")", token("t1")).text("/disabled_at"),
              "2023-01-01T00:00:00Z");
}

TEST_F(DestinationCases, Case70To73LooksAtTheTenantBeforeTheBody) {
    const Reply missing = create("{bad", key(), "missing");
    EXPECT_EQ(missing.status, 404);
    EXPECT_EQ(missing.message(), "tenant not found");
    EXPECT_EQ(create(R"(,"metadata":{"big":")" + std::string(20'000, 'x') + "\"}").status, 201);
    EXPECT_EQ(create(R"(,"credentials":{"key":"AKIAIOSFODNN7EXAMPLE"})").text("/credentials/key"),
              "AKIA****************");
    EXPECT_EQ(get("/tenants/t1/destinations/none").body, R"({"status":404,"message":"destination not found"})");
    EXPECT_EQ(get("/tenants/t2/destinations/d1").status, 404);
}

TEST_F(DestinationCases, Case74And75FiltersTheList) {
    clock.advance(1s);
    post("/tenants/t1/destinations",
         R"({"id":"q","type":"aws_sqs","topics":["user.created"],"config":{"url":"https://e.com"}})");
    EXPECT_EQ(get("/tenants/t1/destinations").text("/0/id"), "d1");
    EXPECT_EQ(get("/tenants/t1/destinations?type=aws_sqs").text("/0/id"), "q");
    EXPECT_EQ(get("/tenants/t1/destinations?type[]=aws_sqs&type[]=webhook").text("/1/id"), "q");
    const Reply both = get("/tenants/t1/destinations?topics=user.created&topics=user.deleted");
    EXPECT_EQ(both.text("/0/id"), "d1");
    EXPECT_EQ(both.at("/1"), "absent");
    EXPECT_EQ(get("/tenants/t1/destinations?topics=*").at("/1"), "absent");
    EXPECT_EQ(get("/tenants/t1/destinations?type=nope").body, "[]");
}

TEST_F(DestinationCases, Case76To82Patches) {
    clock.advance(1s);
    const Reply topics = patch(R"({"topics":["user.created"]})");
    EXPECT_EQ(topics.at("/topics"), R"(["user.created"])");
    EXPECT_EQ(topics.text("/updated_at"), "2024-01-01T00:00:01Z");
    patch(R"({"metadata":{"a":"1"}})");
    EXPECT_EQ(patch(R"({"metadata":{"b":2,"a":null}})").at("/metadata"), R"({"b":"2"})");
    EXPECT_EQ(patch(R"({"metadata":{}})").at("/metadata"), R"({"b":"2"})");
    EXPECT_EQ(patch(R"({"metadata":null})").at("/metadata"), "absent");
    EXPECT_EQ(patch(R"({"filter":{"data":{"x":1}}})").at("/filter"), R"({"data":{"x":1}})");
    EXPECT_EQ(patch(R"({"filter":{"data":{"y":1}}})").at("/filter"), R"({"data":{"y":1}})");
    EXPECT_EQ(patch(R"({"filter":{}})").at("/filter"), "absent");
    EXPECT_EQ(patch(R"({"config":{"url":null}})").at("/data"), R"(["config.url is required"])");
    EXPECT_EQ(patch(R"({"type":"aws_sqs"})").message(), "type cannot be updated");
    EXPECT_EQ(patch(R"({"type":"webhook"})").status, 200);
    EXPECT_EQ(patch(R"({"disabled_at":"2023-01-01T00:00:00Z"})").text("/disabled_at"), "2023-01-01T00:00:00Z");
    EXPECT_EQ(patch(R"({"disabled_at":null})").at("/disabled_at"), "null");
    EXPECT_EQ(patch(R"({"disabled_at":"2030-01-01T00:00:00Z"})").status, 422);
    EXPECT_TRUE(patch(R"({"disabled_at":"x"})").message().starts_with("invalid disabled_at: "));
}

TEST_F(DestinationCases, Case84And87And88RefusesPatches) {
    EXPECT_EQ(call("PATCH", "/tenants/t1/destinations/d1", token("t1"), R"({"credentials":{"secret":"x"}})").status,
              422);
    EXPECT_EQ(call("PATCH", "/tenants/t1/destinations/none", key(), "{}").status, 404);
    EXPECT_EQ(patch("").message(), "invalid JSON");
    EXPECT_EQ(patch("{}").status, 200);
}

TEST_F(DestinationCases, Case89To91DisablesEnablesDeletes) {
    const Reply disabled = put("/tenants/t1/destinations/d1/disable");
    EXPECT_EQ(disabled.text("/disabled_at"), "2024-01-01T00:00:00Z");
    clock.advance(1s);
    EXPECT_EQ(put("/tenants/t1/destinations/d1/disable").body, disabled.body);
    EXPECT_EQ(put("/tenants/t1/destinations/d1/enable").at("/disabled_at"), "null");
    EXPECT_EQ(put("/tenants/t1/destinations/none/enable").status, 404);
    EXPECT_EQ(call("DELETE", "/tenants/t1/destinations/d1", key()).body, R"({"success":true})");
    EXPECT_EQ(call("DELETE", "/tenants/t1/destinations/d1", key()).status, 404);
    EXPECT_EQ(get("/tenants/t1/destinations/d1").status, 404);
    EXPECT_EQ(create(R"(,"id":"d1")").status, 201);
}

}  // namespace
}  // namespace outpost::api
