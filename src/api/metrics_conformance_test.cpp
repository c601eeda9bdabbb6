// api.md §13 and §19 cases 145–157; each test names its cases.
#include "api/api_fixture.hpp"

namespace outpost::api {
namespace {

const std::string kDay = "time[start]=2024-01-01T00:00:00Z&time[end]=2024-01-02T00:00:00Z";

struct MetricCases : ApiTest {
    /// Eight events of t1 at half past eight hours, each tried once, a quarter of them in vain; one event of t2.
    void publish_eight() {
        clock.advance(30min);
        for (int i = 0; i < 8; ++i) {
            const std::string topic = i % 2 == 0 ? "user.created" : "user.updated";
            settle_attempt(accept_event("t1", fmt::format("e{}", i), topic), fmt::format("a{}", i), 1,
                           i % 4 == 3 ? model::AttemptStatus::failed : model::AttemptStatus::success);
            clock.advance(1h);
        }
        accept_event("t2", "other");
    }
    std::string refused(std::string_view target, int status = 400) {
        const Reply reply = get(target);
        EXPECT_EQ(reply.status, status) << reply.body;
        EXPECT_EQ(reply.at("/data"), "absent");
        return reply.message();
    }
    static std::size_t points(const Reply& reply) { return parse_json(reply.body)->at("data").get_array().size(); }
};

TEST_F(MetricCases, Case145To148RefusesWhatIsMissingOrWrong) {
    for (const std::string path : {"/metrics/events?", "/metrics/attempts?"}) {
        EXPECT_EQ(refused(path + "measures=count"), "time[start] and time[end] are required");
        EXPECT_EQ(refused(path + "time[start]=2024-01-01T00:00:00Z"), "time[start] and time[end] are required");
        EXPECT_EQ(refused(path + kDay), "at least one measures[] is required");
        EXPECT_EQ(refused(path + kDay + "&measures[]=bogus"), "unknown measure \"bogus\"");
        EXPECT_EQ(refused(path + kDay + "&measures=count&dimensions[]=bogus"), "unknown dimension \"bogus\"");
        EXPECT_EQ(refused(path + "measures=count&time[start]=2024-01-01T00:00:00Z&time[end]=2024-01-01T00:00:00Z"),
                  "invalid time range: start must be before end");
        EXPECT_EQ(refused(path + "measures=count&time[start]=2024-01-02T00:00:00Z&time[end]=2024-01-01T00:00:00Z"),
                  "invalid time range: start must be before end");
        EXPECT_TRUE(refused(path + "measures=count&time[start]=2024-01-01&time[end]=x")
                        .starts_with("invalid time[start]: parsing time \"2024-01-01\""));
        EXPECT_TRUE(refused(path + "measures=count&time[start]=2024-01-01T00:00:00Z&time[end]=x")
                        .starts_with("invalid time[end]: parsing time \"x\""));
    }
    EXPECT_EQ(refused("/metrics/events?" + kDay + "&measures=error_rate"), "unknown measure \"error_rate\"");
    EXPECT_EQ(refused("/metrics/events?" + kDay + "&measures=count&dimensions=code"), "unknown dimension \"code\"");
}

TEST_F(MetricCases, Case149And150RefusesWrongGranularities) {
    for (const std::string text : {"61s", "61m", "25h", "32d", "5w", "13M", "0h", "x"}) {
        EXPECT_TRUE(refused("/metrics/events?measures=count&" + kDay + "&granularity=" + text)
                        .starts_with("invalid granularity \"" + text + "\": "));
    }
    EXPECT_EQ(refused("/metrics/attempts?measures=count&granularity=1s&time[start]=2024-01-01T00:00:00Z"
                      "&time[end]=2024-01-03T00:00:00Z"),
              "query too broad: try fewer dimensions, more filters, or a shorter time range");
}

TEST_F(MetricCases, WrongFilterValuesAreTheClientsMistake) {  // decision A2, storage.md §14 D17
    const std::string path = "/metrics/attempts?measures=count&" + kDay;
    EXPECT_EQ(refused(path + "&filters[manual]=yes"), "invalid filters[manual] \"yes\": must be true or false");
    EXPECT_EQ(refused(path + "&filters[attempt_number]=1x"),
              "invalid filters[attempt_number] \"1x\": must be an integer");
    EXPECT_EQ(refused(path + "&filters[attempt_number][]="),
              "invalid filters[attempt_number] \"\": must be an integer");
    EXPECT_EQ(get(path + "&filters[bogus]=1").status, 200);  // unknown names are ignored
    EXPECT_EQ(get("/metrics/events?measures=count&" + kDay + "&filters[manual]=yes").status, 200);
}

TEST_F(MetricCases, Case151FillsEveryBucket) {
    publish_eight();
    for (const std::string path : {"/metrics/events?", "/metrics/attempts?"}) {
        const Reply reply = get(path + "measures=count&granularity=1h&" + kDay);
        ASSERT_EQ(points(reply), 24U);
        EXPECT_EQ(reply.text("/metadata/granularity"), "1h");
        EXPECT_EQ(reply.at("/metadata/row_count"), "24");
        EXPECT_EQ(reply.at("/data/0"),
                  R"({"time_bucket":"2024-01-01T00:00:00Z","dimensions":{},"metrics":{"count":1}})");
        EXPECT_EQ(reply.at("/data/23"),
                  R"({"time_bucket":"2024-01-01T23:00:00Z","dimensions":{},"metrics":{"count":0}})");
    }
}

TEST_F(MetricCases, Case152AnswersNothingWhenThereIsNothing) {
    for (const std::string path : {"/metrics/events?", "/metrics/attempts?"}) {
        const Reply reply = get(path + "measures=count&" + kDay);
        EXPECT_EQ(reply.status, 200);
        EXPECT_EQ(reply.at("/data"), "[]");
        EXPECT_EQ(reply.at("/metadata"), R"({"query_time_ms":0,"row_count":0,"row_limit":100000,"truncated":false})");
    }
}

TEST_F(MetricCases, Case153ShowsExactlyTheDimensionsAndMeasuresThatWereAskedFor) {
    publish_eight();
    const Reply reply =
        get("/metrics/events?dimensions=topic&measures=count&measures=rate&filters[tenant_id]=t1&" + kDay);
    EXPECT_EQ(reply.at("/data/0/dimensions"), R"({"topic":"user.created"})");
    EXPECT_EQ(reply.at("/data/1/metrics/count"), "4");
    EXPECT_EQ(parse_json(reply.body)->at_pointer("/data/1/metrics/rate").to_number<double>(), 4.0 / 86'400);
    EXPECT_EQ(points(reply), 2U);
    const Reply rate = get("/metrics/events?measures[0]=rate&" + kDay);
    EXPECT_EQ(rate.at("/data/0/metrics/count"), "absent");
    const Reply typed =
        get("/metrics/attempts?measures[]=count&dimensions[0]=manual&dimensions[1]=attempt_number"
            "&dimensions[2]=code&filters[code]=200&" +
            kDay);
    EXPECT_EQ(typed.at("/data/0/dimensions"), R"({"manual":false,"attempt_number":1,"code":"200"})");
    EXPECT_EQ(
        get("/metrics/events?dimensions=topic&dimensions=topic&measures=count&measures=count&filters[tenant_id]=t1&" +
            kDay)
            .at("/data/0"),
        R"({"dimensions":{"topic":"user.created"},"metrics":{"count":4}})");
}

TEST_F(MetricCases, Case154And155MeasuresFailures) {
    publish_eight();
    EXPECT_EQ(get("/metrics/attempts?measures=error_rate&" + kDay).at("/data/0/metrics/error_rate"), "0.25");
    EXPECT_EQ(get("/metrics/attempts?measures=count&filters[status]=failed&" + kDay).at("/data/0/metrics/count"), "2");
    EXPECT_EQ(get("/metrics/attempts?measures=count&filters[status]=weird&" + kDay).at("/data"), "[]");
    EXPECT_EQ(get("/metrics/attempts?measures=count&filters[topic][]=user.updated&filters[topic][]=none&" + kDay)
                  .at("/data/0/metrics/count"),
              "4");
}

TEST_F(MetricCases, Case156And157ConfinesTokensToTheirTenant) {
    publish_eight();
    for (const std::string path : {"/metrics/events?", "/metrics/attempts?"}) {
        // The dimension is looked at before all else, the filter after the other parameters.
        const Reply dimension = call("GET", path + "dimensions=tenant_id", token("t1"));
        EXPECT_EQ(dimension.status, 403);
        EXPECT_EQ(dimension.message(), "tenant_id dimension is not allowed for tenant-scoped requests");
        EXPECT_EQ(call("GET", path + "filters[tenant_id]=t2", token("t1")).status, 400);
        const Reply filter = call("GET", path + "measures=count&filters[tenant_id]=t2&" + kDay, token("t1"));
        EXPECT_EQ(filter.status, 403);
        EXPECT_EQ(filter.message(), "filters[tenant_id] does not match authenticated tenant");
        EXPECT_EQ(call("GET", path + "measures=count&" + kDay, "").status, 401);
    }
    for (const std::string filter : {"", "&filters[tenant_id]=t1"}) {
        const Reply own = call("GET", "/metrics/events?measures=count&" + kDay + filter, token("t1"));
        EXPECT_EQ(own.at("/data"), R"([{"dimensions":{},"metrics":{"count":8}}])");
    }
    EXPECT_EQ(call("GET", "/metrics/events?measures=count&" + kDay, token("t2")).at("/data/0/metrics/count"), "1");
    EXPECT_EQ(call("GET", "/metrics/attempts?measures=count&" + kDay, token("t2")).at("/data"), "[]");
    EXPECT_EQ(get("/metrics/events?measures=count&dimensions=tenant_id&" + kDay).at("/data/1/dimensions/tenant_id"),
              R"("t2")");
}

TEST_F(MetricCases, WritesLongSeriesInParts) {
    const Reply reply = get("/metrics/events?measures=count&granularity=30s&" + kDay);
    EXPECT_EQ(points(reply), 2'880U);
    EXPECT_EQ(reply.text("/data/2879/time_bucket"), "2024-01-01T23:59:30Z");
}

}  // namespace
}  // namespace outpost::api
