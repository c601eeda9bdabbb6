// api.md §19 cases 116–140; each test names its cases.
#include "api/api_fixture.hpp"

namespace outpost::api {
namespace {

struct EventCases : ApiTest {
    /// Ten events of t1, a second apart, each delivered; one of t2 without destinations.
    void publish_ten() {
        for (int i = 0; i < 10; ++i) {
            clock.advance(1s);
            const std::string topic = i % 2 == 0 ? "user.created" : "user.updated";
            settle_attempt(accept_event("t1", fmt::format("e{}", i), topic), fmt::format("a{}", i), 1,
                           i == 3 ? model::AttemptStatus::failed : model::AttemptStatus::success);
        }
        accept_event("t2", "other");
    }
    std::size_t count(std::string_view target) {
        const Reply reply = get(target);
        const auto body = parse_json(reply.body);
        return reply.status == 200 && body ? body->at("models").get_array().size() : 9999;
    }
};

TEST_F(EventCases, Case116ListsTheNewestFirst) {
    publish_ten();
    const Reply reply = get("/events?tenant_id=t1");
    EXPECT_EQ(reply.text("/models/0/id"), "e9");
    EXPECT_EQ(reply.text("/models/9/id"), "e0");
    EXPECT_EQ(reply.at("/models/0/matched_destination_ids"), R"(["d1"])");
    EXPECT_EQ(reply.at("/models/0/eligible_for_retry"), "true");
    EXPECT_EQ(reply.at("/models/0/metadata"), "absent");
    EXPECT_EQ(reply.at("/pagination"), R"({"order_by":"time","dir":"desc","limit":100,"next":null,"prev":null})");
    EXPECT_TRUE(reply.body.contains(R"("data":{ "zebra":1, "alpha":2 })"));  // case 105
}

TEST_F(EventCases, Case117FollowsCursorsWithoutLossOrRepetition) {
    publish_ten();
    std::string target = "/events?tenant_id=t1&limit=3&dir=asc";
    std::string seen;
    for (const std::size_t size : {3u, 3u, 3u, 1u}) {
        const Reply page = get(target);
        EXPECT_EQ(parse_json(page.body)->at("models").get_array().size(), size);
        for (std::size_t i = 0; i < size; ++i) seen += page.text(fmt::format("/models/{}/id", i)) + " ";
        target = "/events?tenant_id=t1&limit=3&dir=asc&next=" + page.text("/pagination/next");
    }
    EXPECT_EQ(seen, "e0 e1 e2 e3 e4 e5 e6 e7 e8 e9 ");
    EXPECT_TRUE(target.ends_with("next=null"));
}

TEST_F(EventCases, Case118EchoesTheEffectiveLimit) {
    EXPECT_EQ(get("/events?limit=5000").at("/pagination/limit"), "1000");
    EXPECT_EQ(get("/events?limit=-1").at("/pagination/limit"), "100");
    EXPECT_EQ(get("/events?limit=x").at("/pagination/limit"), "100");
}

TEST_F(EventCases, Case119To123Filters) {
    publish_ten();
    EXPECT_EQ(count("/events"), 11u);
    EXPECT_EQ(count("/events?topic=user.created&topic=user.updated"), 11u);
    EXPECT_EQ(count("/events?topic=user.created,user.updated"), 0u);
    EXPECT_EQ(count("/events?id[0]=e1&id[1]=e2"), 2u);
    EXPECT_EQ(count("/events?destination_id=d1"), 10u);
    EXPECT_EQ(count("/events?tenant_id="), 0u);
    EXPECT_EQ(count("/events?time[gte]=2030-01-01"), 0u);
    EXPECT_EQ(count("/events?time%5Bgte%5D=2024-01-01"), 11u);
    EXPECT_EQ(count("/events?time[gt]=2024-01-01T00:00:01Z&time[lte]=2024-01-01T00:00:03Z"), 2u);
    EXPECT_EQ(get("/events?time[gte]=2030-01-01").at("/pagination/next"), "null");
}

TEST_F(EventCases, Case124To127RefusesWrongParameters) {
    EXPECT_EQ(get("/events?time[gte]=01/02/2024").status, 422);
    EXPECT_NE(get("/events?time[gte]=01/02/2024").at("/data/query.time[gte]"), "absent");
    EXPECT_EQ(get("/events?time[any]=x").status, 400);
    EXPECT_EQ(get("/events?dir=up").text("/data/query.dir"), "must be 'asc' or 'desc'");
    EXPECT_EQ(get("/events?order_by=id").text("/data/query.order_by"), "must be one of: [time]");
    publish_ten();
    const std::string foreign = get("/attempts?limit=1").text("/pagination/next");
    EXPECT_EQ(get("/events?next=" + foreign).message(), "invalid cursor");
}

TEST_F(EventCases, Case128KeepsATokenInsideItsTenant) {
    publish_ten();
    const Reply own = call("GET", "/events", token("t2"));
    EXPECT_EQ(own.text("/models/0/id"), "other");
    EXPECT_EQ(own.at("/models/1"), "absent");
    EXPECT_EQ(call("GET", "/events?tenant_id=t1", token("t1")).status, 200);
    for (std::string_view list : {"/events", "/attempts"}) {
        for (std::string_view query : {"tenant_id=t2", "tenant_id[]=t1&tenant_id[]=t2", "tenant_id="}) {
            const Reply denied = call("GET", fmt::format("{}?{}&dir=up", list, query), token("t1"));
            EXPECT_EQ(denied.status, 403) << list << query;
            EXPECT_EQ(denied.message(), "tenant_id query parameter does not match authenticated tenant");
        }
    }
}

TEST_F(EventCases, Case129To131ReadsOneEvent) {
    publish_ten();
    EXPECT_EQ(get("/events/e1").text("/id"), "e1");
    EXPECT_EQ(get("/events/e1?tenant_id=t1").status, 200);
    EXPECT_EQ(get("/events/e1?tenant_id=t2").body, R"({"status":404,"message":"event not found"})");
    EXPECT_EQ(call("GET", "/events/other", token("t1")).status, 404);
    EXPECT_EQ(call("GET", "/events/e1?tenant_id=t2", token("t1")).status, 200);
    EXPECT_EQ(get("/events/other").at("/matched_destination_ids"), "[]");  // decision A7
}

TEST_F(EventCases, DecisionA7ShowsWhatBecameOfAnEvent) {
    const auto accepted = accept_event("t1", "e1");
    EXPECT_EQ(get("/events/e1").at("/outcomes"), "absent");
    EXPECT_EQ(get("/events/e1?include=outcome").at("/outcomes"), "[]");
    settle_attempt(accepted, "a1", 1, model::AttemptStatus::failed);
    const std::string_view expected =
        R"([{"destination_id":"d1","state":"failed","reason":"500","time":"2024-01-01T00:00:00Z"}])";
    EXPECT_EQ(get("/events/e1?include=outcome").at("/outcomes"), expected);
    EXPECT_EQ(call("GET", "/events/e1?include[]=outcome", token("t1")).at("/outcomes"), expected);
    EXPECT_EQ(call("GET", "/events/e1?include=outcome", token("t2")).status, 404);
    EXPECT_EQ(get("/events?include=outcome").at("/models/0/outcomes"), "absent");
}

TEST_F(EventCases, Case132To134ShowsAttemptsWithWhatWasAskedFor) {
    publish_ten();
    const Reply plain = get("/attempts?tenant_id=t1&event_id=e1");
    EXPECT_EQ(plain.at("/models/0"),
              R"({"id":"a1","tenant_id":"t1","event_id":"e1","destination_id":"d1","destination_type":"webhook",)"
              R"("status":"success","time":"2024-01-01T00:00:02Z","code":"200","attempt_number":1,"manual":false})");
    EXPECT_EQ(get("/attempts/a1?include=event").at("/event/data"), "absent");
    EXPECT_EQ(get("/attempts/a1?include=event").at("/event/matched_destination_ids"), "absent");
    EXPECT_EQ(get("/attempts/a1?include[]=event.data").at("/event/data"), R"({"zebra":1,"alpha":2})");
    const Reply full = get("/attempts?event_id=e1&include=response_data&include=destination");
    EXPECT_EQ(full.at("/models/0/response_data"), R"({"status":200,"body":"ok"})");
    EXPECT_EQ(full.text("/models/0/destination/id"), "d1");
    call("DELETE", "/tenants/t1/destinations/d1", key());
    EXPECT_EQ(get("/attempts/a1?include=destination").at("/destination"), "absent");
}

TEST_F(EventCases, Case135To137FiltersAttempts) {
    publish_ten();
    EXPECT_EQ(count("/attempts?status=failed"), 1u);
    EXPECT_EQ(count("/attempts?status=weird"), 0u);
    EXPECT_EQ(count("/attempts?status="), 10u);
    EXPECT_EQ(count("/attempts?destination_type[]=webhook"), 10u);
    EXPECT_EQ(count("/attempts?topic=user.updated"), 5u);
    EXPECT_EQ(count("/attempts?destination_id=none"), 0u);
    const auto retried = accept_event("t1", "retried");
    for (std::uint32_t number = 1; number <= 3; ++number) {
        clock.advance(1s);
        settle_attempt(retried, fmt::format("r{}", number), number, model::AttemptStatus::failed);
    }
    const Reply ascending = get("/attempts?event_id=retried&dir=asc");
    EXPECT_EQ(ascending.at("/models/0/attempt_number"), "1");
    EXPECT_EQ(ascending.at("/models/2/attempt_number"), "3");
}

TEST_F(EventCases, Case138To140KeepsAttemptsUnderTheirDestination) {
    publish_ten();
    EXPECT_EQ(count("/tenants/t1/destinations/d1/attempts?tenant_id=t2&destination_id=none"), 10u);
    EXPECT_EQ(call("GET", "/tenants/t1/destinations/d1/attempts", token("t1")).status, 200);
    EXPECT_EQ(count("/tenants/t1/destinations/unknown/attempts"), 0u);
    EXPECT_EQ(get("/tenants/t1/destinations/d1/attempts/a1").text("/id"), "a1");
    for (std::string_view target :
         {"/tenants/t1/destinations/d2/attempts/a1", "/tenants/t2/destinations/d1/attempts/a1", "/attempts/none",
          "/attempts/a1?tenant_id=t2"}) {
        const Reply reply = get(target);
        EXPECT_EQ(reply.status, 404) << target;
        EXPECT_EQ(reply.message(), "attempt not found") << target;
    }
    EXPECT_EQ(call("GET", "/attempts/a1", token("t2")).status, 404);
}

}  // namespace
}  // namespace outpost::api
