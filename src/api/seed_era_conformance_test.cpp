// api.md §19 cases 158–171 under decision A10: old paths and bodies, today's error envelope.
#include "api/api_fixture.hpp"

namespace outpost::api {
namespace {

using SeedEraCases = ApiTest;

TEST_F(SeedEraCases, Case158To161QuickStartWorks) {
    EXPECT_EQ(put("/org1").status, 201);
    EXPECT_EQ(get("/tenants/org1").status, 200);
    EXPECT_EQ(get("/org1").text("/id"), "org1");
    EXPECT_EQ(post("/org1/destinations",
                   R"({"type":"webhook","topics":["*"],"config":{"url":"https://e.com"},"credentials":{}})")
                  .status,
              201);
    EXPECT_EQ(get("/org1/destinations").text("/0/tenant_id"), "org1");
    EXPECT_TRUE(get("/org1/portal").text("/redirect_url").contains("?token="));
    EXPECT_EQ(get("/org1/token").text("/tenant_id"), "org1");
    EXPECT_EQ(call("DELETE", "/org1", key()).body, R"({"success":true})");
}

TEST_F(SeedEraCases, Case162And163ShowsEventsAndDeliveriesInTheirOldShapes) {
    const auto accepted = accept_event("t1", "e1");
    accept_event("t1", "e2");
    settle_attempt(accepted, "a1", 1, model::AttemptStatus::failed);
    clock.advance(1500ms);
    settle_attempt(accepted, "a2", 2, model::AttemptStatus::success);
    const Reply list = get("/t1/events");
    EXPECT_EQ(list.at("/count"), "2");
    EXPECT_EQ(list.text("/next"), "");
    EXPECT_EQ(list.text("/data/0/id"), "e2");
    EXPECT_EQ(list.text("/data/0/status"), "pending");
    EXPECT_EQ(list.text("/data/1/status"), "success");
    EXPECT_EQ(list.text("/data/1/destination_id"), "d1");
    EXPECT_EQ(list.at("/data/1/metadata"), "null");
    EXPECT_EQ(get("/t1/events?status=success").at("/count"), "1");
    EXPECT_EQ(get("/t1/destinations/none/events").at("/count"), "0");
    EXPECT_EQ(get("/t1/events/e1").text("/destination_id"), "");
    EXPECT_EQ(get("/t1/events/e1").text("/status"), "success");
    EXPECT_EQ(get("/t1/destinations/d1/events/e2").text("/status"), "pending");
    EXPECT_EQ(get("/t1/destinations/other/events/e1").status, 404);
    const std::string deliveries =
        R"([{"id":"a2","delivered_at":"2024-01-01T00:00:01Z","status":"success","code":"200",)"
        R"("response_data":{"status":200,"body":"ok"}},)"
        R"({"id":"a1","delivered_at":"2024-01-01T00:00:00Z","status":"failed","code":"500",)"
        R"("response_data":{"status":200,"body":"ok"}}])";
    EXPECT_EQ(get("/t1/events/e1/deliveries").body, deliveries);
    EXPECT_EQ(get("/tenants/t1/events/e1/deliveries").body, deliveries);  // case 171
    EXPECT_EQ(get("/t1/events/e1/deliveries?destination_id=none").body, "[]");
    EXPECT_EQ(get("/t2/events/e1/deliveries").status, 404);
}

TEST_F(SeedEraCases, ListsTheLastHourByDefault) {
    accept_event("t1", "old");
    clock.advance(2h);
    EXPECT_EQ(get("/t1/events").at("/data"), "[]");
    EXPECT_EQ(get("/t1/events?start=2024-01-01T00:00:00Z").at("/count"), "1");
    EXPECT_EQ(get("/t1/events?start=2024-01-01").text("/data/query.start"), "invalid format, expected RFC3339");
    EXPECT_EQ(get("/t1/events?end=2024-01-01T00:30:00Z").at("/count"), "1");
}

TEST_F(SeedEraCases, Case164And165RetriesAndDeletes) {
    EXPECT_EQ(call("POST", "/t1/destinations/d1/events/e1/retry", key()).body, R"({"success":true})");
    EXPECT_EQ(pipeline.retry_asked, "t1 e1 d1");
    EXPECT_EQ(put("/t1/destinations/d1/disable").status, 200);
    EXPECT_EQ(put("/t1/destinations/d1/enable").status, 200);
    EXPECT_EQ(call("PATCH", "/t1/destinations/d1", key(), R"({"topics":["user.created"]})").status, 200);
    EXPECT_EQ(call("DELETE", "/t1/destinations/d1", key()).text("/id"), "d1");
    EXPECT_EQ(get("/t1/destinations/d1").status, 404);
}

TEST_F(SeedEraCases, Case166To168UsesTodaysEnvelope) {
    EXPECT_EQ(call("GET", "/t1/topics", token("t1")).status, 200);
    EXPECT_EQ(get("/whoever/destination-types").status, 200);
    EXPECT_EQ(get("/whoever/destination-types/webhook").text("/type"), "webhook");
    EXPECT_EQ(post("/t1/destinations", "{}").at("/data"), R"(["type is required","topics is required"])");
}

// api.md §16.3: also below today's prefix, where the tail is of that time.
TEST_F(SeedEraCases, Case167KnowsNoTokenForWhatItMayNotDo) {
    for (const std::string_view path : {"/t1", "/t1/destinations", "/t1/events", "/tenants/t1/events", "/t2/token"}) {
        const Reply reply = call("GET", path, token("t2"));
        EXPECT_EQ(reply.body, R"({"status":401,"message":"unauthorized"})") << path;
    }
    EXPECT_EQ(call("GET", "/tenants/t1", token("t2")).status, 403);
}

// api.md §16.5, rule 3.
TEST_F(SeedEraCases, Case169ListsTheDestinationsOfTheTokensTenant) {
    EXPECT_EQ(call("GET", "/destinations", token("t1")).text("/0/id"), "d1");
    EXPECT_EQ(call("GET", "/destinations?type=none", token("t1")).body, "[]");
    EXPECT_EQ(call("GET", "/destinations?tenant_id=t1", token("t2")).body, "[]");
    EXPECT_EQ(call("GET", "/destinations", token("ghost")).status, 401);
    EXPECT_EQ(get("/destinations").body, R"({"status":404,"message":"not found"})");
    settings.legacy_routes = false;
    rebuild();
    EXPECT_EQ(call("GET", "/destinations", token("t1")).status, 404);
}

// Case 170, api.md §16.5: words of today's API are never tenants.
TEST_F(SeedEraCases, Case170NeverReadsReservedWordsAsTenants) {
    EXPECT_EQ(get("/tenants").at("/count"), "2");
    EXPECT_EQ(get("/topics").at("/0"), R"("user.created")");
    for (std::string_view word :
         {"tenants", "topics", "events", "destinations", "retry", "publish", "attempts", "metrics", "token", "portal",
          "dev", "config", "healthz", "destination-types", "filters", "operator-events"}) {
        EXPECT_EQ(call("PUT", fmt::format("/{}", word), key()).body, R"({"status":404,"message":"not found"})") << word;
        EXPECT_EQ(put(fmt::format("/tenants/{}", word)).status, 201) << word;
    }
}

TEST_F(SeedEraCases, CanBeTurnedOff) {
    settings.legacy_routes = false;
    rebuild();
    EXPECT_EQ(put("/org1").status, 404);
    EXPECT_EQ(get("/t1/events").status, 404);
    EXPECT_EQ(get("/tenants/t1/events").status, 404);
    EXPECT_EQ(get("/tenants/t1").status, 200);
}

}  // namespace
}  // namespace outpost::api
