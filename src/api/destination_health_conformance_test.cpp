// Health of destinations over HTTP (portal.md §15a N1).
#include "api/api_fixture.hpp"

namespace outpost::api {
namespace {

struct DestinationHealthConformance : ApiTest {};

TEST_F(DestinationHealthConformance, HasEveryMemberAndNullWhereNothingIsKnown) {
    const std::string expected =
        R"({"destination_id":"d1","state":"new","consecutive_failures":0,"consecutive_failures_limit":100,)"
        R"("last_success_at":null,"last_failure_at":null,"last_failure_code":null,"pending_retries":0,)"
        R"("oldest_pending_at":null,"next_retry_at":null,"waiting_since":null})";
    EXPECT_EQ(get("/tenants/t1/destinations/d1/health").body, expected);
    EXPECT_EQ(get("/tenants/t1/destinations/health").body, "[" + expected + "]");
}

TEST_F(DestinationHealthConformance, TellsOfAttemptsAndOfWhatWaits) {
    settle_attempt(accept_event("t1", "e1"), "a1", 1, model::AttemptStatus::success);
    clock.advance(1s);
    settle_attempt(accept_event("t1", "e2"), "a2", 1, model::AttemptStatus::failed);
    accept_event("t1", "e3");
    const Reply reply = call("GET", "/tenants/t1/destinations/d1/health", token("t1"));
    EXPECT_EQ(reply.text("/state"), "degraded");
    EXPECT_EQ(reply.at("/consecutive_failures"), "1");
    EXPECT_EQ(reply.text("/last_success_at"), "2024-01-01T00:00:00Z");
    EXPECT_EQ(reply.text("/last_failure_at"), "2024-01-01T00:00:01Z");
    EXPECT_EQ(reply.text("/last_failure_code"), "500");
    EXPECT_EQ(reply.at("/pending_retries"), "0") << "what waits for its first attempt is no retry";
    EXPECT_EQ(reply.text("/oldest_pending_at"), "2024-01-01T00:00:01Z");
}

TEST_F(DestinationHealthConformance, ListsOrNarrowsATenantsDestinations) {
    EXPECT_EQ(post("/tenants/t1/destinations",
                   R"({"id":"d2","type":"webhook","topics":"*","config":{"url":"https://e.com/h"}})")
                  .status,
              201);
    EXPECT_EQ(get("/tenants/t1/destinations/health").text("/1/destination_id"), "d2");
    const Reply narrowed = get("/tenants/t1/destinations/health?destination_id=d2");
    EXPECT_EQ(narrowed.text("/0/destination_id"), "d2");
    EXPECT_EQ(narrowed.at("/1"), "absent");
    EXPECT_EQ(get("/tenants/t2/destinations/health").body, "[]");
    std::string many = "/tenants/t1/destinations/health?destination_id=d1";
    for (int i = 0; i < 100; ++i) many += "&destination_id=d1";
    EXPECT_EQ(get(many).status, 422);
    EXPECT_EQ(get(many).text("/data/query.destination_id"), "must have at most 100 values");
}

TEST_F(DestinationHealthConformance, IsForTheTenantAndTheKey) {
    EXPECT_EQ(call("GET", "/tenants/t1/destinations/health", token("t2")).status, 403);
    EXPECT_EQ(get("/tenants/ghost/destinations/health").message(), "tenant not found");
    EXPECT_EQ(get("/tenants/t2/destinations/d1/health").message(), "destination not found");
    EXPECT_EQ(get("/tenants/t1/destinations/d9/health").status, 404);
}

}  // namespace
}  // namespace outpost::api
