#include "ports/delivery_outcome.hpp"

#include <gtest/gtest.h>

namespace outpost::ports {
namespace {

using enum DecisionKind;

struct Fact {
    char what;  ///< s: success, f: failed, S and F: the same and another attempt follows, d: decision
    DecisionKind kind = skipped;
    std::uint32_t attempts = 0;
};

std::string told(std::initializer_list<Fact> facts) {
    OutcomeFold fold;
    std::int64_t time = 0;
    for (const Fact& fact : facts) {
        ++time;
        if (fact.what == 'd') {
            fold.decided({.key = {}, .kind = fact.kind, .time = from_unix_ms(time), .reason = "why"}, fact.attempts);
            continue;
        }
        model::Attempt attempt;
        const bool success = fact.what == 's' || fact.what == 'S';
        attempt.status = success ? model::AttemptStatus::success : model::AttemptStatus::failed;
        attempt.time = from_unix_ms(time);
        attempt.code = success ? "200" : "500";
        fold.attempted(attempt, fact.what == 'S' || fact.what == 'F');
    }
    const auto outcome = fold.outcome(DestinationId("d1"));
    if (!outcome) return "-";
    return std::string(to_string(outcome->state)) + " " + outcome->reason + " " +
           fmt::to_string(unix_ms(outcome->time));
}

// Decision A7.
TEST(DeliveryOutcome, IsWhatTheNewestFactSays) {
    EXPECT_EQ(told({}), "-");
    EXPECT_EQ(told({{'s'}}), "delivered 200 1");
    EXPECT_EQ(told({{'F'}}), "retrying 500 1");
    EXPECT_EQ(told({{'F'}, {'f'}}), "failed 500 2");
    EXPECT_EQ(told({{'F'}, {'s'}}), "delivered 200 2");
    EXPECT_EQ(told({{'S'}}), "retrying 200 1");
    EXPECT_EQ(told({{'d', skipped}}), "skipped why 1");
    EXPECT_EQ(told({{'F'}, {'d', cancelled, 1}}), "cancelled why 2");
    EXPECT_EQ(told({{'d', parked}}), "parked why 1");
    EXPECT_EQ(told({{'s'}, {'d', redeliver, 1}}), "retrying why 2");
    EXPECT_EQ(told({{'d', cancelled}, {'d', redeliver}, {'f'}}), "failed 500 3");
}

TEST(DeliveryOutcome, AFailureThatWasInFlightDoesNotUndoADecision) {
    EXPECT_EQ(told({{'d', cancelled}, {'f'}}), "cancelled why 1");
    EXPECT_EQ(told({{'d', cancelled}, {'s'}}), "delivered 200 2");
    EXPECT_EQ(told({{'d', cancelled}, {'F'}}), "retrying 500 2");
}

TEST(DeliveryOutcome, CarriedSpeaksOnlyForFactsThatAreGone) {
    EXPECT_EQ(told({{'d', carried, 0}}), "-");
    EXPECT_EQ(told({{'d', carried, 3}}), "retrying  1");
    EXPECT_EQ(told({{'F'}, {'d', carried, 1}}), "retrying 500 1");
}

}  // namespace
}  // namespace outpost::ports
