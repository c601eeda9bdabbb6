#include "pipeline/deliver/verdict.hpp"

#include <gtest/gtest.h>

namespace outpost::pipeline {
namespace {

using enum model::AttemptStatus;

const TimePoint kEnded = from_unix_ms(1'700'000'000'000);

struct Case {
    std::string name;
    model::Outcome outcome = {.status = failed, .code = "500", .response_data = {}, .retry_after = {}};
    std::uint32_t attempts_settled = 0;
    bool eligible = true;
    InFlight requests{};
    std::optional<Milliseconds> next{};  ///< none: closed
    bool next_manual = false;
};

std::ostream& operator<<(std::ostream& out, const Case& row) {
    return out << row.name;
}

model::Outcome outcome_of(model::AttemptStatus status, std::optional<Milliseconds> retry_after = {},
                          bool permanent = false) {
    return {.status = status, .code = "x", .response_data = {}, .retry_after = retry_after, .permanent = permanent};
}

Finished finished_of(const Case& row) {
    auto event = std::make_shared<model::Event>();
    event->eligible_for_retry = row.eligible;
    return {.delivery = {.key = {{1, 2}, {3, 4, 5}}, .event = event, .attempts_settled = row.attempts_settled},
            .outcome = row.outcome,
            .attempt_id = AttemptId("atm_1"),
            .destination_type = "webhook",
            .ended = kEnded,
            .requests = row.requests};
}

class VerdictTable : public ::testing::TestWithParam<Case> {};

TEST_P(VerdictTable, SaysWhatFollows) {
    const Case& row = GetParam();
    const model::RetryPolicy policy{.schedule = {}, .limit = 3, .jitter = false};
    const ports::Settlement settlement = settle(finished_of(row), policy, 0);
    const auto expected = row.next ? std::optional(kEnded + *row.next) : std::nullopt;
    EXPECT_EQ(settlement.next_due, expected);
    EXPECT_EQ(settlement.next_manual, row.next_manual);
    EXPECT_EQ(settlement.attempt.number, row.attempts_settled + 1);
}

constexpr InFlight kRetry{.retry_after = true};
constexpr InFlight kCancel{.cancelled = true};

INSTANTIATE_TEST_SUITE_P(
    Rows, VerdictTable,
    ::testing::Values(
        // pipeline.md §7.2, §8.1, §8.2
        Case{.name = "SuccessCloses", .outcome = outcome_of(success)},
        Case{.name = "AFirstFailureWaitsTheInterval", .next = 30s},
        Case{.name = "EachFailureDoublesTheWait", .attempts_settled = 2, .next = 120s},
        Case{.name = "TheLimitIsOnRetries", .attempts_settled = 3},
        Case{.name = "AnEventThatIsNotEligibleIsTriedOnce", .eligible = false},
        Case{.name = "APermanentFailureCloses", .outcome = outcome_of(failed, {}, true)},                 // decision B5
        Case{.name = "ALaterRetryAfterIsHonoured", .outcome = outcome_of(failed, 10min), .next = 10min},  // B4
        Case{.name = "AnEarlierRetryAfterIsNot", .outcome = outcome_of(failed, 1s), .next = 30s},
        Case{.name = "RetryAfterIsCapped", .outcome = outcome_of(failed, 48h), .next = 24h},
        // design.md §2, table of races, column "in flight"
        Case{.name = "ARetryIsFollowedAtOnceWhateverCame",
             .outcome = outcome_of(success),
             .requests = kRetry,
             .next = 0s,
             .next_manual = true},
        Case{.name = "ARetryGoesBeforeTheSchedule", .requests = kRetry, .next = 0s, .next_manual = true},
        Case{.name = "ARetryIsNotLimited",
             .attempts_settled = 30,
             .eligible = false,
             .requests = kRetry,
             .next = 0s,
             .next_manual = true},
        Case{.name = "ACancellationCloses", .requests = kCancel},
        Case{.name = "ACancelledSuccessIsASuccess", .outcome = outcome_of(success), .requests = kCancel}),
    [](const auto& info) { return info.param.name; });

TEST(Verdict, TheAttemptSaysWhatHappened) {
    Finished finished = finished_of({.name = "", .outcome = outcome_of(success), .attempts_settled = 6});
    finished.outcome.code = "204";
    finished.outcome.response_data = R"({"body":"ok"})";
    finished.delivery.manual = true;
    finished.duration = 123ms;
    const ports::Settlement settlement = settle(finished, {}, 0);
    EXPECT_EQ(settlement.key, finished.delivery.key);
    EXPECT_EQ(settlement.event, finished.delivery.event);
    const model::Attempt& attempt = settlement.attempt;
    EXPECT_EQ(attempt.id.value, "atm_1");
    EXPECT_EQ(attempt.number, 7U);
    EXPECT_TRUE(attempt.manual);
    EXPECT_EQ(attempt.status, success);
    EXPECT_EQ(attempt.time, kEnded);
    EXPECT_EQ(attempt.duration, 123ms);
    EXPECT_EQ(attempt.code, "204");
    EXPECT_EQ(attempt.response_data, R"({"body":"ok"})");
    EXPECT_EQ(attempt.destination_type, "webhook");
}

TEST(Verdict, JitterComesLaterNeverEarlier) {  // decision B6
    const Finished finished = finished_of({.name = ""});
    EXPECT_EQ(settle(finished, {}, 0.0).next_due, kEnded + 30s);
    EXPECT_EQ(settle(finished, {}, 0.5).next_due, kEnded + 31'500ms);
}

TEST(Verdict, OnlyTimeoutsAndFailuresToConnectSayThatADestinationIsOutOfReach) {  // design.md §5
    for (const char* code : {"timeout", "connection_refused", "network_unreachable", "dns_error"}) {
        model::Outcome outcome = outcome_of(failed);
        outcome.code = code;
        EXPECT_EQ(sign_of(outcome), SendSign::unreachable) << code;
    }
    for (const char* code : {"500", "404", "429", "tls_error", "internal_error", "ERR"}) {
        model::Outcome outcome = outcome_of(failed);
        outcome.code = code;
        EXPECT_EQ(sign_of(outcome), SendSign::answered) << code;
    }
    EXPECT_EQ(sign_of(outcome_of(success)), SendSign::answered);
    model::Outcome told = outcome_of(failed);  // types whose code is always ERR (destinations.md §1.10)
    told.code = "ERR";
    told.unreachable = true;
    EXPECT_EQ(sign_of(told), SendSign::unreachable);
}

TEST(Verdict, OurOwnTroubleIsRetriedWithACappedBackOff) {  // decision B11
    const std::vector<Milliseconds> expected = {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s};
    for (std::uint32_t failures = 0; failures < expected.size(); ++failures) {
        EXPECT_EQ(own_backoff(failures), expected[failures]) << failures;
    }
    EXPECT_EQ(own_backoff(4'000'000'000), 60s);
}

// portal.md §15a N7.
TEST(TraceWish, IsWhatWasConfiguredAndMoreForAPersonsAttempt) {
    using enum model::TraceWish;
    EXPECT_EQ(trace_wish(failed, false), failed);
    EXPECT_EQ(trace_wish(failed, true), all);
    EXPECT_EQ(trace_wish(all, false), all);
    EXPECT_EQ(trace_wish(all, true), all);
    EXPECT_EQ(trace_wish(none, true), none);
    EXPECT_FALSE(model::wants_trace(none, model::AttemptStatus::failed));
    EXPECT_TRUE(model::wants_trace(failed, model::AttemptStatus::failed));
    EXPECT_FALSE(model::wants_trace(failed, model::AttemptStatus::success));
    EXPECT_TRUE(model::wants_trace(all, model::AttemptStatus::success));
}

}  // namespace
}  // namespace outpost::pipeline
