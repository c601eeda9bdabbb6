#include "net/aws/service.hpp"

#include "net/aws/testing/signed_with.hpp"
#include "net/http/testing/wire.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <gtest/gtest.h>

namespace outpost::aws {
namespace {

const TimePoint kNow = from_unix_ms(1'717'230'216'000);  // Sat, 01 Jun 2024 08:23:36 GMT
const Credentials kKeys{.key_id = "AKIAEXAMPLE0", .secret = "s3cr3t-key", .session_token = "t0ken-of-session"};
using Answer = std::expected<http::ClientResponse, CallFailure>;

// hard-cases T-50
class ServiceCalls : public testing::Test {
protected:
    Answer call(Deadline deadline) {
        http::ClientRequest request{.method = "POST",
                                    .url = *http::parse_url(it.service.url()),
                                    .headers = {},
                                    .body = Bytes(std::string("{}"))};
        return it.run(service.call("SendMessage", std::move(request), kNow, deadline));
    }
    Answer call() { return call(Deadline::after(it.clock, 20s)); }
    /// The n-th request gets the n-th answer, later ones the last.
    void answers(std::vector<http::FakeAnswer> script) {
        it.service.handle_with([script, next = std::size_t{0}](const http::FakeRequest&) mutable {
            return script[std::min(next++, script.size() - 1)];
        });
    }
    std::size_t requests() const { return it.service.requests.size(); }
    std::string date(std::size_t request) const {
        return std::string(*it.service.requests.at(request).headers.find("X-Amz-Date"));
    }

    http::Wire it;
    Service service{
        it.client,
        it.clock,
        {.name = "SQS", .scope = {.region = "us-east-1", .service = "sqs"}, .credentials = kKeys, .pause = 1ms}};
};

TEST_F(ServiceCalls, AreSignedAndKeepTheConnection) {
    EXPECT_EQ(call()->status, 200);
    EXPECT_EQ(call()->status, 200);
    ASSERT_EQ(requests(), 2u);
    EXPECT_TRUE(is_signed_with(it.service.requests[1], kKeys));
    EXPECT_FALSE(
        is_signed_with(it.service.requests[1], {.key_id = "AKIAEXAMPLE0", .secret = "other", .session_token = {}}));
    EXPECT_EQ(it.service.connections, 1u);
}

TEST_F(ServiceCalls, TryAgainWhenThrottledOrTheServiceIsInTrouble) {
    answers({{.status = 400, .body = R"({"__type":"ThrottlingException"})"}, {.status = 503}, {.status = 200}});
    EXPECT_EQ(call()->status, 200);
    EXPECT_EQ(requests(), 3u);
}

TEST_F(ServiceCalls, GiveUpAfterThreeTries) {
    answers({{.status = 500,
              .body = R"({"__type":"InternalFailure","message":"oops"})",
              .fields = "x-amzn-RequestId: r-1\r\n"}});
    const Answer answer = call();
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().text,
              "operation error SQS: SendMessage, https response error StatusCode: 500, "
              "RequestID: r-1, InternalFailure: oops");
    EXPECT_EQ(requests(), 3u);
}

TEST_F(ServiceCalls, TryAgainOverAnotherConnectionWhenOneBreaks) {
    answers({{.what = http::FakeAnswer::What::hang_up}, {.what = http::FakeAnswer::What::hang_up}, {.status = 200}});
    EXPECT_EQ(call()->status, 200);
}

TEST_F(ServiceCalls, DoNotRepeatARefusal) {
    answers({{.status = 403, .body = R"({"__type":"AccessDenied","message":"not allowed"})"}});
    EXPECT_EQ(call().error().service->code, "AccessDenied");
    EXPECT_EQ(requests(), 1u);
}

TEST_F(ServiceCalls, AreSignedAgainWithTheServicesTimeOnceAndLaterOnesAtOnce) {
    answers(
        {{.status = 403, .body = R"({"__type":"RequestExpired"})", .fields = "Date: Sat, 01 Jun 2024 09:23:36 GMT\r\n"},
         {.status = 200}});
    EXPECT_EQ(call()->status, 200);
    ASSERT_EQ(requests(), 2u);
    EXPECT_EQ(date(0), "20240601T082336Z");
    EXPECT_EQ(date(1).substr(0, 13), "20240601T0923");
    EXPECT_TRUE(is_signed_with(it.service.requests[1], kKeys));
    EXPECT_EQ(call()->status, 200);
    EXPECT_EQ(date(2).substr(0, 13), "20240601T0923");
}

TEST_F(ServiceCalls, CorrectTheTimeEachOnceWhenManyAreUnderWay) {
    constexpr std::size_t count = 10;
    it.service.handle_with([](const http::FakeRequest& request) {
        if (request.headers.find("X-Amz-Date")->starts_with("20240601T09")) return http::FakeAnswer{};
        return http::FakeAnswer{.status = 403,
                                .body = R"({"__type":"RequestExpired"})",
                                .fields = "Date: Sat, 01 Jun 2024 09:23:36 GMT\r\n"};
    });
    std::size_t successes = 0;
    std::size_t ended = 0;
    for (std::size_t i = 0; i < count; ++i) {
        http::ClientRequest request{
            .method = "POST", .url = *http::parse_url(it.service.url()), .headers = {}, .body = {}};
        boost::asio::co_spawn(it.io, service.call("X", std::move(request), kNow, Deadline::after(it.clock, 20s)),
                              [&](const std::exception_ptr&, const Answer& answer) {
                                  ++ended;
                                  successes += answer.has_value() ? 1 : 0;
                              });
    }
    while (ended < count) it.io.run_one();
    EXPECT_EQ(successes, count);
    EXPECT_LE(requests(), 2 * count);
}

TEST_F(ServiceCalls, CorrectTheTimeOnlyOnce) {
    answers({{.status = 403,
              .body = R"({"__type":"RequestExpired"})",
              .fields = "Date: Sat, 01 Jun 2024 09:23:36 GMT\r\n"}});
    EXPECT_EQ(call().error().service->code, "RequestExpired");
    EXPECT_EQ(requests(), 2u);
}

TEST_F(ServiceCalls, EndAtTheDeadline) {
    answers({{.what = http::FakeAnswer::What::silence}});
    const Answer answer = call(Deadline::after(it.clock, 20ms));
    EXPECT_EQ(answer.error().transport, net::FailureKind::timeout);
    EXPECT_EQ(answer.error().text, "operation error SQS: SendMessage, canceled, context deadline exceeded");
    EXPECT_EQ(requests(), 1u);
}

TEST_F(ServiceCalls, DoNotPauseBeyondTheDeadline) {
    answers({{.status = 503}});
    Service patient(it.client, it.clock,
                    {.name = "SQS", .scope = {.region = "r", .service = "sqs"}, .credentials = kKeys, .pause = 1h});
    http::ClientRequest request{.method = "POST", .url = *http::parse_url(it.service.url()), .headers = {}, .body = {}};
    const Answer answer = it.run(patient.call("X", std::move(request), kNow, Deadline::after(it.clock, 20s)));
    EXPECT_EQ(answer.error().service->status, 503);
    EXPECT_EQ(requests(), 1u);
}

TEST_F(ServiceCalls, NameTheClassWhenNobodyAnswers) {
    it.service.close();
    const Answer answer = call();
    EXPECT_FALSE(answer.error().service.has_value());
    EXPECT_EQ(answer.error().transport, net::FailureKind::connection_refused);
    EXPECT_TRUE(answer.error().text.ends_with("request send failed, connection_refused")) << answer.error().text;
    EXPECT_FALSE(answer.error().text.contains("127.0.0.1"));
}

TEST_F(ServiceCalls, HideTheKeysThatAServiceQuotes) {
    answers(
        {{.status = 403, .body = R"({"__type":"X","message":"AKIAEXAMPLE0 with s3cr3t-key and t0ken-of-session"})"}});
    const CallFailure failure = call().error();
    EXPECT_TRUE(failure.text.ends_with("X: *** with *** and ***")) << failure.text;
    EXPECT_EQ(failure.service->message, "*** with *** and ***");
}

TEST_F(ServiceCalls, EndWhenCancelledEvenInAPause) {
    answers({{.status = 503}});
    Service patient(it.client, it.clock,
                    {.name = "SQS", .scope = {.region = "r", .service = "sqs"}, .credentials = kKeys, .pause = 1h});
    http::ClientRequest request{.method = "POST", .url = *http::parse_url(it.service.url()), .headers = {}, .body = {}};
    boost::asio::cancellation_signal stop;
    bool ended = false;
    boost::asio::co_spawn(it.io, patient.call("X", std::move(request), kNow, Deadline::never()),
                          boost::asio::bind_cancellation_slot(
                              stop.slot(), [&](const std::exception_ptr&, const Answer&) { ended = true; }));
    while (requests() == 0 || it.io.poll_one() > 0) it.io.run_one();
    stop.emit(boost::asio::cancellation_type::terminal);
    while (!ended) it.io.run_one();
    EXPECT_TRUE(ended);
    EXPECT_EQ(requests(), 1u);
}

}  // namespace
}  // namespace outpost::aws
