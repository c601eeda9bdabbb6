// Filters tried out over HTTP (portal.md §15a N8).
#include "api/api_fixture.hpp"

namespace outpost::api {
namespace {

struct FilterTestConformance : ApiTest {
    Reply test(std::string body, std::string_view authorization = "Bearer K") {
        return call("POST", "/filters/test", authorization, std::move(body));
    }
};

TEST_F(FilterTestConformance, SaysWhichConditionsAnEventFulfils) {
    const Reply reply = test(R"({"filter":{"topic":"a","data":{"n":{"$gt":5}},"metadata":{"m":"x"}},
                                 "event":{"topic":"a","data":{"n":3},"metadata":{"m":"x"}}})",
                             token("t1"));
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, R"({"matches":false,"clauses":[{"path":"topic","operator":"$eq","matched":true},)"
                          R"({"path":"data.n","operator":"$gt","matched":false},)"
                          R"({"path":"metadata.m","operator":"$eq","matched":true}]})");
    EXPECT_EQ(test(R"({"filter":{},"event":{}})").body, R"({"matches":true,"clauses":[]})");
    EXPECT_EQ(test(R"({"filter":{"time":{"$gte":"2024-01-01T00:00:00Z"},"id":"e"},"event":{"id":"e"}})").at("/matches"),
              "true")
        << "the time is now unless it is given";
    EXPECT_EQ(test(R"({"filter":{"time":{"$lt":"2024-01-01T00:00:00Z"}},"event":{"time":"2023-01-01T00:00:00Z"}})")
                  .at("/matches"),
              "true");
}

TEST_F(FilterTestConformance, TriesTheNewestEventsOfTheTenant) {
    accept_event("t1", "e1", "user.created");
    clock.advance(1s);
    accept_event("t1", "e2", "user.deleted");
    const std::string body = R"({"filter":{"topic":"user.created"},"destination_id":"d1","last":5)";
    const std::string expected =
        R"({"results":[{"event_id":"e2","topic":"user.deleted","time":"2024-01-01T00:00:01Z","matches":false},)"
        R"({"event_id":"e1","topic":"user.created","time":"2024-01-01T00:00:00Z","matches":true}]})";
    EXPECT_EQ(test(body + "}", token("t1")).body, expected);
    EXPECT_EQ(test(body + R"(,"tenant_id":"t1"})", token("t1")).body, expected);
    EXPECT_EQ(test(body + R"(,"tenant_id":"t1"})").body, expected);
    EXPECT_EQ(test(R"({"filter":{},"destination_id":"d1","last":1})", token("t1")).at("/results/1"), "absent");
}

TEST_F(FilterTestConformance, ATokenReachesItsOwnTenantAlone) {  // api.md §2.3
    const std::string of_t1 = R"({"filter":{},"tenant_id":"t1","destination_id":"d1"})";
    EXPECT_EQ(test(of_t1, token("t2")).status, 403);
    EXPECT_EQ(test(of_t1, token("t2")).message(), "tenant_id does not match authenticated tenant");
    EXPECT_EQ(test(R"({"filter":{},"tenant_id":"t1","event":{}})", token("t2")).status, 403);
    EXPECT_EQ(test(R"({"filter":{},"destination_id":"d1"})", token("t2")).message(), "destination not found");
    EXPECT_EQ(test(of_t1, "").status, 401);
}

TEST_F(FilterTestConformance, NamesWhatIsWrong) {
    const std::pair<std::string, std::string> fields[] = {
        {R"({"event":{}})", "filter is required"},
        {R"({"filter":{}})", "event is required"},
        {R"({"filter":{},"event":{},"destination_id":"d1","tenant_id":"t1"})", "event is forbidden"},
        {R"({"filter":{},"destination_id":"d1"})", "tenant_id is required"},
        {R"({"filter":{},"tenant_id":"t1","destination_id":"d1","last":0})", "last must be between 1 and 100"},
        {R"({"filter":{},"tenant_id":"t1","destination_id":"d1","last":101})", "last must be between 1 and 100"},
        {R"({"filter":{},"tenant_id":"t1","destination_id":"d1","last":"5"})", "last must be between 1 and 100"},
        {R"({"filter":{"topic":{"$near":1}},"event":{}})",
         "filter is invalid: filter at topic: unknown operator $near"},
        {R"({"filter":[],"event":{}})", "filter is invalid: filter must be a JSON object"},
    };
    for (const auto& [body, line] : fields) {
        const Reply reply = test(body);
        EXPECT_EQ(reply.status, 422) << body;
        EXPECT_EQ(reply.text("/data/0"), line) << body;
    }
    EXPECT_TRUE(
        test(R"({"filter":{},"event":{"time":"yesterday"}})").text("/data/0").starts_with("event.time is invalid"));
    EXPECT_EQ(test(R"({"filter":{},"event":{"data":[1]}})").message(), "event.data must be a valid JSON object");
    for (const char* wrong : {"", "[]", R"({"filter":{},"event":[]})", R"({"filter":{},"event":{"topic":1}})",
                              R"({"filter":{},"event":{"metadata":{"a":1}}})", R"({"filter":{},"destination_id":1})"}) {
        EXPECT_EQ(test(wrong).message(), "invalid JSON") << wrong;
    }
}

TEST_F(FilterTestConformance, KnowsNeitherGhostTenantsNorGhostDestinations) {
    EXPECT_EQ(test(R"({"filter":{},"tenant_id":"ghost","destination_id":"d1"})").message(), "tenant not found");
    EXPECT_EQ(test(R"({"filter":{},"tenant_id":"t1","destination_id":"d9"})").message(), "destination not found");
    EXPECT_EQ(test(R"({"filter":{},"tenant_id":"t1","destination_id":"d9"})").status, 404);
}

TEST_F(FilterTestConformance, NoSeedEraTenantIsCalledFilters) {  // api.md §16.5
    EXPECT_EQ(get("/filters").status, 404);
    EXPECT_EQ(get("/filters").message(), "not found");
}

}  // namespace
}  // namespace outpost::api
