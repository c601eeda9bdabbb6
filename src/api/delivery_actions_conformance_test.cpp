// Tests of destinations and cancelled retries over HTTP (portal.md §15a N2, N11).
#include "api/api_fixture.hpp"

namespace outpost::api {
namespace {

struct CancelConformance : ApiTest {
    Reply cancel(std::string_view authorization = "Bearer K") {
        return call("POST", "/tenants/t1/destinations/d1/events/e1/cancel", authorization);
    }
};

TEST_F(CancelConformance, AnswersOnceItIsDurable) {  // N11
    const Reply reply = cancel();
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, R"({"success":true})");
    EXPECT_EQ(pipeline.cancel_asked, "t1 e1 d1");
    EXPECT_EQ(cancel(token("t1")).status, 200);
    EXPECT_EQ(cancel(token("t2")).status, 403);
}

TEST_F(CancelConformance, SaysWhatIsUnknownOrNotStored) {
    const std::tuple<pipeline::CancelRefusal, int, std::string> rows[] = {
        {pipeline::CancelRefusal::event_not_found, 404, "event not found"},
        {pipeline::CancelRefusal::destination_not_found, 404, "destination not found"},
        {pipeline::CancelRefusal::unavailable, 503, "the cancellation could not be stored, try again"}};
    for (const auto& [refusal, status, message] : rows) {
        pipeline.cancelled = std::unexpected(refusal);
        EXPECT_EQ(cancel().status, status);
        EXPECT_EQ(cancel().message(), message);
    }
    EXPECT_EQ(call("POST", "/tenants/ghost/destinations/d1/events/e1/cancel", key()).message(), "tenant not found");
}

struct TestDeliveryConformance : ApiTest {
    TestDeliveryConformance() {
        pipeline.tested = pipeline::TestReport{
            .event_id = EventId("test_1"),
            .outcome = {.status = model::AttemptStatus::success,
                        .code = "200",
                        .response_data = R"({"status":200,"body":"ok"})"},
            .duration = Milliseconds(12),
            .request = ports::RequestPreview{
                .method = "POST", .url = "https://e.com/h", .headers = {{"X-A", "1"}}, .body = "{}"}};
    }
    Reply test(std::string body, std::string_view authorization = "Bearer K") {
        return call("POST", "/tenants/t1/destinations/d1/test", authorization, std::move(body));
    }
};

TEST_F(TestDeliveryConformance, ShowsWhatWasSentAndWhatCameBack) {  // N2
    const Reply reply = test("", token("t1"));
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body,
              R"({"success":true,"code":"200","duration_ms":12,"event_id":"test_1","request":{"method":"POST",)"
              R"("url":"https://e.com/h","headers":{"X-A":"1"},"body":"{}"},"response":{"status":200,"body":"ok"}})");
    EXPECT_EQ(pipeline.test_asked->tenant, TenantId("t1"));
    EXPECT_EQ(pipeline.test_asked->destination, DestinationId("d1"));
    EXPECT_EQ(pipeline.test_asked->topic, "");
    EXPECT_TRUE(pipeline.test_asked->data.empty());
    EXPECT_EQ(test("", token("t2")).status, 403);
}

TEST_F(TestDeliveryConformance, AFailedTestIsAnAnswerToo) {
    pipeline.tested->outcome = {.status = model::AttemptStatus::failed, .code = "connection_refused"};
    pipeline.tested->request.reset();
    const Reply reply = test("{}");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.at("/success"), "false");
    EXPECT_EQ(reply.text("/code"), "connection_refused");
    EXPECT_EQ(reply.at("/request"), "null");
    EXPECT_EQ(reply.at("/response"), "null");
}

TEST_F(TestDeliveryConformance, TakesTopicDataAndMetadata) {
    EXPECT_EQ(test(R"({"topic":"user.created","data":{ "n" : 1.0 },"metadata":{"a":"b"}})").status, 200);
    EXPECT_EQ(pipeline.test_asked->topic, "user.created");
    EXPECT_EQ(pipeline.test_asked->data.view(), R"({ "n" : 1.0 })") << "byte for byte (decision B1)";
    EXPECT_EQ(pipeline.test_asked->metadata, (model::StringMap{{"a", "b"}}));
}

TEST_F(TestDeliveryConformance, NamesWhatIsWrong) {
    for (const char* wrong : {"{", "[]", R"({"topic":5})", R"({"metadata":{"a":1}})", R"({"metadata":[]})"}) {
        EXPECT_EQ(test(wrong).message(), "invalid JSON") << wrong;
        EXPECT_EQ(test(wrong).status, 422) << wrong;
    }
    EXPECT_EQ(test(R"({"data":[1]})").message(), "data must be a valid JSON object");
    EXPECT_FALSE(pipeline.test_asked.has_value());
    using Kind = pipeline::TestRefusal::Kind;
    pipeline.tested = std::unexpected(pipeline::TestRefusal{Kind::topic_invalid, {}});
    EXPECT_EQ(test("{}").at("/data"), R"(["topic is invalid"])");
    pipeline.tested = std::unexpected(pipeline::TestRefusal{Kind::destination_not_found, {}});
    EXPECT_EQ(test("{}").message(), "destination not found");
    pipeline.tested = std::unexpected(pipeline::TestRefusal{Kind::unavailable, {}});
    EXPECT_EQ(test("{}").status, 503);
}

TEST_F(TestDeliveryConformance, SaysWhenToComeAgain) {
    pipeline.tested =
        std::unexpected(pipeline::TestRefusal{pipeline::TestRefusal::Kind::limited, std::chrono::seconds(42)});
    const Reply reply = test("{}");
    EXPECT_EQ(reply.status, 429);
    EXPECT_EQ(reply.at("/status"), "429");
    EXPECT_EQ(reply.headers.find("Retry-After"), "42");
}

}  // namespace
}  // namespace outpost::api
