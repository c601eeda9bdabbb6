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
