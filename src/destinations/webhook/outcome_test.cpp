#include "destinations/webhook/outcome.hpp"

namespace outpost::webhook {
namespace {

using model::AttemptStatus;

const TimePoint kNow = from_unix_ms(1'717'230'216'000);
constexpr std::size_t kBodyMax = 10;

model::Outcome outcome(http::ClientResponse response, RedirectRules rules = RedirectRules::strict) {
    return outcome_of(response, rules, kBodyMax, kNow);
}

struct StatusCase {
    int status;
    RedirectRules rules;
    AttemptStatus result;
};

class StatusOutcome : public testing::TestWithParam<StatusCase> {};

TEST_P(StatusOutcome, DecidesByTheFinalStatus) {
    const model::Outcome it = outcome({.status = GetParam().status}, GetParam().rules);
    EXPECT_EQ(it.status, GetParam().result) << GetParam().status;
    EXPECT_EQ(it.code, std::to_string(GetParam().status));
    EXPECT_EQ(it.permanent, GetParam().status == 410);  // decision B5
}

constexpr auto kStrict = RedirectRules::strict;
constexpr auto kReference = RedirectRules::reference;
constexpr auto kSuccess = AttemptStatus::success;
constexpr auto kFailed = AttemptStatus::failed;

INSTANTIATE_TEST_SUITE_P(Statuses, StatusOutcome,
                         testing::Values(StatusCase{200, kStrict, kSuccess}, StatusCase{204, kStrict, kSuccess},
                                         StatusCase{299, kStrict, kSuccess}, StatusCase{101, kStrict, kFailed},
                                         StatusCase{304, kStrict, kFailed}, StatusCase{400, kStrict, kFailed},
                                         StatusCase{410, kStrict, kFailed}, StatusCase{500, kStrict, kFailed},
                                         StatusCase{304, kReference, kSuccess}, StatusCase{400, kReference, kFailed}));

// destinations.md §2.9
TEST(WebhookOutcome, ShowsStatusAndBody) {
    EXPECT_EQ(outcome({.status = 200, .body = "{\"ok\": true}"}).response_data,
              R"({"status":200,"body":"{\"ok\": true}"})");
    EXPECT_EQ(outcome({.status = 204}).response_data, R"({"status":204,"body":""})");
    EXPECT_EQ(outcome({.status = 200, .body = "a\xff z"}).response_data,
              "{\"status\":200,\"body\":\"a\xEF\xBF\xBD z\"}");
}

TEST(WebhookOutcome, SaysThatABodyWasTooLong) {
    EXPECT_EQ(outcome({.status = 200, .body_too_large = true}).response_data,
              R"({"status":200,"body":"Response body exceeded 10 bytes and was not stored"})");
}

TEST(WebhookOutcome, KeepsWhatCameOfABodyThatBrokeOff) {
    const model::Outcome it = outcome({.status = 200, .body = "par", .body_incomplete = true});
    EXPECT_EQ(it.status, AttemptStatus::success);
    EXPECT_EQ(it.response_data, R"({"status":200,"body":"par","truncated":true})");
}

// decision B4
TEST(WebhookOutcome, TakesRetryAfterFrom429And503Only) {
    for (const int status : {429, 503})
        EXPECT_EQ(outcome({.status = status, .headers = {{"retry-after", "7"}}}).retry_after, Milliseconds(7000));
    for (const int status : {200, 404, 500})
        EXPECT_EQ(outcome({.status = status, .headers = {{"Retry-After", "7"}}}).retry_after, std::nullopt);
    EXPECT_EQ(outcome({.status = 429}).retry_after, std::nullopt);
}

TEST(WebhookOutcome, NamesARefusedRedirect) {
    const model::Outcome it = redirect_refused({.status = 302, .body = "moved"}, kBodyMax);
    EXPECT_EQ(it.status, kFailed);
    EXPECT_EQ(it.code, "redirect_error");
    EXPECT_EQ(it.response_data, R"({"status":302,"body":"moved"})");
}

TEST(WebhookOutcome, NamesTheClassOfATransportFailure) {
    for (const auto kind : {net::FailureKind::dns_error, net::FailureKind::timeout, net::FailureKind::tls_error,
                            net::FailureKind::blocked_address, net::FailureKind::network_error}) {
        const auto it = outcome_of(net::Failure{kind, "secret detail"});
        ASSERT_TRUE(it.has_value());
        EXPECT_EQ(it->status, kFailed);
        EXPECT_EQ(it->code, to_string(kind));
        EXPECT_EQ(it->response_data, "");
    }
}

// decision B11
TEST(WebhookOutcome, IsAnErrorWhenTheTroubleIsOurs) {
    EXPECT_EQ(outcome_of(net::Failure{net::FailureKind::cancelled, ""}).error().code(), Errc::cancelled);
    EXPECT_EQ(outcome_of(net::Failure{net::FailureKind::resources, ""}).error().code(), Errc::unavailable);
    EXPECT_EQ(outcome_of(net::Failure{net::FailureKind::proxy, ""}).error().code(), Errc::unavailable);
}

TEST(WebhookOutcome, OfAnEventThatCouldNotBeFormattedIsErr) {
    EXPECT_EQ(formatting_failure().code, "ERR");
    EXPECT_EQ(formatting_failure().response_data, R"({"error":"could not format event for delivery"})");
}

}  // namespace
}  // namespace outpost::webhook
