#include "destinations/hookdeck/outcome.hpp"

#include <gtest/gtest.h>

namespace outpost::hookdeck {
namespace {

using model::AttemptStatus;

const TimePoint kNow = from_unix_ms(1'717'230'216'000);

model::Outcome outcome(const http::ClientResponse& response) {
    return outcome_of(response, 10, kNow);
}

// destinations.md §4.4
TEST(HookdeckOutcome, ShowsStatusBodyAndHeaders) {
    const model::Outcome it =
        outcome({.status = 200, .headers = {{"x-a", "1"}, {"set-cookie", "a"}, {"Set-Cookie", "b"}}, .body = "ok"});
    EXPECT_EQ(it.status, AttemptStatus::success);
    EXPECT_EQ(it.code, "200");
    EXPECT_EQ(it.response_data, R"({"status_code":200,"body":"ok","headers":{"Set-Cookie":["a","b"],"X-A":"1"}})");
}

TEST(HookdeckOutcome, EverythingButA2xxFailsAndIsTriedAgain) {  // decisions B2, B3
    for (const int status : {101, 302, 304, 400, 401, 410, 422, 500, 503}) {
        const model::Outcome it = outcome({.status = status});
        EXPECT_EQ(it.status, AttemptStatus::failed) << status;
        EXPECT_EQ(it.code, std::to_string(status));
        EXPECT_FALSE(it.permanent) << status;
    }
}

TEST(HookdeckOutcome, AskedPausesAreKept) {  // decision B4
    EXPECT_EQ(outcome({.status = 429, .headers = {{"Retry-After", "7"}}}).retry_after, Milliseconds(7000));
    EXPECT_EQ(outcome({.status = 500, .headers = {{"Retry-After", "7"}}}).retry_after, std::nullopt);
}

TEST(HookdeckOutcome, ABodyIsCappedAndOneThatBreaksOffFails) {  // decision B14
    EXPECT_TRUE(outcome({.status = 200, .body_too_large = true})
                    .response_data.contains("Response body exceeded 10 bytes and was not stored"));
    const model::Outcome broken = outcome({.status = 200, .body = "o", .body_incomplete = true});
    EXPECT_EQ(broken.status, AttemptStatus::failed);
    EXPECT_EQ(broken.code, "200");
    EXPECT_EQ(broken.response_data, R"({"error":"Failed to read response body"})");
}

TEST(HookdeckOutcome, NoAnswerIsAnErrorAndOurTroubleIsNoAttempt) {  // decision B11
    const auto refused = outcome_of(net::Failure{net::FailureKind::connection_refused, "x"});
    ASSERT_TRUE(refused.has_value());
    EXPECT_EQ(refused->code, "ERROR");
    EXPECT_EQ(refused->response_data, R"({"error":"Request failed"})");
    EXPECT_TRUE(refused->unreachable);
    EXPECT_EQ(outcome_of(net::Failure{net::FailureKind::blocked_address, "x"})->response_data, "");
    EXPECT_EQ(outcome_of(net::Failure{net::FailureKind::cancelled, "x"}).error().code(), Errc::cancelled);
    EXPECT_EQ(outcome_of(net::Failure{net::FailureKind::resources, "x"}).error().code(), Errc::unavailable);
    EXPECT_EQ(formatting_failure().response_data, R"({"error":"Failed to create request"})");
}

}  // namespace
}  // namespace outpost::hookdeck
