// api.md §19 cases 92–115, the API's part of them; what follows belongs to src/pipeline.
#include "api/api_fixture.hpp"

namespace outpost::api {
namespace {

using PublishCases = ApiTest;

constexpr std::string_view kEvent = R"({"id":"e1","tenant_id":"t1","topic":"user.created","data":{"u": 1.0}})";

TEST_F(PublishCases, Case92And93AnswersWithTheReceipt) {
    const Reply reply = post("/publish", std::string(kEvent));
    EXPECT_EQ(reply.status, 202);
    EXPECT_EQ(reply.body, R"({"id":"e1","duplicate":false,"destination_ids":["d1"]})");
    ASSERT_TRUE(pipeline.published.has_value());
    EXPECT_EQ(pipeline.published->tenant_id, TenantId("t1"));
    EXPECT_EQ(pipeline.published->data.view(), R"({"u": 1.0})");
    pipeline.receipt = pipeline::PublishReceipt{EventId("e1"), true, {}};
    EXPECT_EQ(post("/publish", std::string(kEvent)).body, R"({"id":"e1","duplicate":true,"destination_ids":[]})");
}

TEST_F(PublishCases, Case94To99NamesWhatIsWrong) {
    struct Case {
        std::string_view body, message, data;
    };
    constexpr Case kCases[] = {
        {"{}", "validation error", R"(["tenant_id is required","data is required"])"},
        {"", "invalid JSON", "absent"},
        {R"({"tenant_id":"t1","topic":"*","data":null})", "data must be a valid JSON object", "absent"},
        {R"({"tenant_id":"t1","topic":"*","data":"s"})", "data must be a valid JSON object", "absent"},
        {R"({"tenant_id":"t1","topic":"*","data":1})", "data must be a valid JSON object", "absent"},
        {R"({"tenant_id":"t1","topic":"*","data":[]})", "data must be a valid JSON object", "absent"},
        {R"({"tenant_id":"t1","data":{},"metadata":{"n":1}})", "invalid JSON", "absent"},
        {R"({"tenant_id":"t1","data":{}})", "validation error", R"(["topic is required"])"},
        {R"({"tenant_id":"t1","data":{},"topic":"nope"})", "validation error", R"(["topic is invalid"])"},
    };
    for (const Case& it : kCases) {
        const Reply reply = post("/publish", std::string(it.body));
        EXPECT_EQ(reply.status, 422) << it.body;
        EXPECT_EQ(reply.message(), it.message) << it.body;
        EXPECT_EQ(reply.at("/data"), it.data) << it.body;
    }
    EXPECT_FALSE(pipeline.published.has_value());
    EXPECT_EQ(post("/publish", R"({"tenant_id":"t1","topic":"*","data":{}})").status, 202);
}

TEST_F(PublishCases, Case106RefusesATimeThatIsNone) {
    const Reply reply = post("/publish", R"({"tenant_id":"t1","topic":"*","data":{},"time":"yesterday"})");
    EXPECT_EQ(reply.status, 422);
    EXPECT_TRUE(reply.message().starts_with("parsing time"));
    EXPECT_EQ(reply.at("/data"), "absent");
}

// Nothing is lost silently: what could not be stored is answered as such.
TEST_F(PublishCases, SaysWhenAnEventCouldNotBeStored) {
    for (Errc code : {Errc::unavailable, Errc::timeout}) {
        pipeline.receipt = fail(code, "disk full at /var/secret");
        const Reply reply = post("/publish", std::string(kEvent));
        EXPECT_EQ(reply.status, 503);
        EXPECT_EQ(reply.at("/status"), "503");
        EXPECT_FALSE(reply.body.contains("secret"));
    }
    pipeline.receipt = fail(Errc::corrupt, "bad row");
    EXPECT_EQ(post("/publish", std::string(kEvent)).body, R"({"status":500,"message":"internal server error"})");
}

constexpr std::string_view kThree = R"({"events":[{"id":"a","tenant_id":"t1","topic":"user.created","data":{"u": 1.0}},
    {"tenant_id":"t1","topic":"nope","data":{}},{"tenant_id":"t2","topic":"*","data":{ }}]})";

// Decision A12.
TEST_F(PublishCases, ABatchAnswersEachEventAsPublishWould) {
    pipeline.receipts = pipeline::PublishReceipts{pipeline::PublishReceipt{EventId("a"), true, {DestinationId("d1")}},
                                                  pipeline::PublishReceipt{EventId("g1"), false, {}}};
    const Reply reply = post("/publish/batch", std::string(kThree));
    EXPECT_EQ(reply.status, 207);
    EXPECT_EQ(reply.body, R"({"results":[{"status":202,"id":"a","duplicate":true,"destination_ids":["d1"]},)"
                          R"({"status":422,"message":"validation error","data":["topic is invalid"]},)"
                          R"({"status":202,"id":"g1","duplicate":false,"destination_ids":[]}]})");
    ASSERT_EQ(pipeline.published_batch.size(), 2U);
    EXPECT_EQ(pipeline.published_batch[0].data.view(), R"({"u": 1.0})");
    EXPECT_EQ(pipeline.published_batch[1].data.view(), "{ }");
}

TEST_F(PublishCases, ABatchIsAcceptedWhenEveryEventIsStored) {
    pipeline.receipts = pipeline::PublishReceipts{pipeline::PublishReceipt{EventId("a"), true, {}}};
    const std::string one = R"({"events":[{"id":"a","tenant_id":"t1","topic":"*","data":{}}]})";
    EXPECT_EQ(post("/publish/batch", one).status, 202);
    EXPECT_EQ(call("POST", "/publish/batch", token("t1"), one).status, 403);
    EXPECT_EQ(call("POST", "/publish/batch", "", one).status, 401);
    pipeline.receipts = pipeline::PublishReceipts{fail(Errc::unavailable, "too many reads wait at /var/secret")};
    const Reply reply = post("/publish/batch", one);
    EXPECT_EQ(reply.status, 207);
    EXPECT_EQ(reply.at("/results/0/status"), "503");
    EXPECT_FALSE(reply.body.contains("secret"));
}

TEST_F(PublishCases, ABatchOfWrongEventsStoresNothing) {
    const Reply reply = post("/publish/batch", R"({"events":[{},{"tenant_id":"t1","topic":"*","data":1}]})");
    EXPECT_EQ(reply.status, 207);
    EXPECT_EQ(reply.at("/results/0/data"), R"(["tenant_id is required","data is required"])");
    EXPECT_EQ(reply.text("/results/1/message"), "data must be a valid JSON object");
    EXPECT_TRUE(pipeline.published_batch.empty());
    EXPECT_EQ(post("/publish/batch", "{}").body,
              R"({"status":422,"message":"validation error","data":["events is required"]})");
    EXPECT_EQ(post("/publish/batch", "[]").body, R"({"status":422,"message":"invalid JSON"})");
}

TEST_F(PublishCases, ABatchSaysWhenNothingCouldBeStored) {
    for (Errc code : {Errc::unavailable, Errc::timeout}) {
        pipeline.receipts = fail(code, "disk full at /var/secret");
        const Reply reply = post("/publish/batch", std::string(kThree));
        EXPECT_EQ(reply.status, 503);
        EXPECT_EQ(reply.at("/results"), "absent");
        EXPECT_FALSE(reply.body.contains("secret"));
    }
    pipeline.receipts = fail(Errc::corrupt, "bad row");
    EXPECT_EQ(post("/publish/batch", std::string(kThree)).status, 500);
}

TEST_F(PublishCases, Case108To111AsksForARetryInsideTheCallersScope) {
    const std::string both = R"({"event_id":"e1","destination_id":"d1"})";
    const Reply reply = post("/retry", both);
    EXPECT_EQ(reply.status, 202);
    EXPECT_EQ(reply.body, R"({"success":true})");
    EXPECT_EQ(pipeline.retry_asked, "- e1 d1");
    EXPECT_EQ(call("POST", "/retry", token("t1"), both).status, 202);
    EXPECT_EQ(pipeline.retry_asked, "t1 e1 d1");
    EXPECT_EQ(post("/retry", "{}").at("/data"), R"(["event_id is required","destination_id is required"])");
    EXPECT_EQ(post("/retry", R"({"event_id":1,"destination_id":"d1"})").message(), "invalid JSON");
    EXPECT_EQ(post("/retry", "").message(), "invalid JSON");
}

TEST_F(PublishCases, Case110To114AnswersEachRefusal) {
    struct Case {
        pipeline::RetryRefusal refusal;
        int status;
        std::string_view message;
    };
    constexpr Case kCases[] = {
        {pipeline::RetryRefusal::event_not_found, 404, "event not found"},
        {pipeline::RetryRefusal::destination_not_found, 404, "destination not found"},
        {pipeline::RetryRefusal::destination_disabled, 400, "Destination is disabled"},
        {pipeline::RetryRefusal::destination_mismatch, 400, "destination does not match event"},
        {pipeline::RetryRefusal::unavailable, 503, "the retry could not be stored, try again"},
    };
    for (const Case& it : kCases) {
        pipeline.retried = std::unexpected(it.refusal);
        const Reply reply = post("/retry", R"({"event_id":"e1","destination_id":"d1"})");
        EXPECT_EQ(reply.status, it.status);
        EXPECT_EQ(reply.message(), it.message);
        const bool disabled = it.refusal == pipeline::RetryRefusal::destination_disabled;
        EXPECT_EQ(reply.text("/data/error"), disabled ? "destination_disabled" : "absent");
    }
}

}  // namespace
}  // namespace outpost::api
