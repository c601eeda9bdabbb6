#include "pipeline/watch/failures.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace outpost::pipeline {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{};

/// Folds attempts a second apart and keeps what followed from each.
class FailuresTest : public testing::Test {
protected:
    AlertEffects fail(SettledAttempt attempt = {}) {
        attempt.success = false;
        return take(attempt);
    }
    AlertEffects succeed() { return take({.success = true}); }
    AlertEffects take(SettledAttempt attempt) {
        attempt.time = now += 1s;
        Followed followed = follow(state, attempt, rules);
        state = followed.state;
        return followed.effects;
    }
    /// "50@5 70@7": the levels raised by so many failures, and at which count.
    std::string levels(std::uint32_t count) {
        std::string told;
        for (std::uint32_t i = 0; i < count; ++i) {
            const AlertEffects effects = fail();
            if (effects.level == 0) continue;
            if (!told.empty()) told += ' ';
            told += std::to_string(effects.level) + "@" + std::to_string(effects.failures);
        }
        return told;
    }

    AlertRules rules;
    FailureState state;
    TimePoint now = kStart;
};

TEST(AlertLevels, AreReachedAtTheCeilingOfTheirShare) {  // pipeline.md §11.1
    const struct {
        std::uint32_t failures, limit;
        int level;
    } rows[] = {{0, 1, 0},
                {1, 1, 100},
                {1, 2, 50},
                {2, 2, 100},
                {1, 3, 0},
                {2, 3, 50},
                {3, 3, 100},
                {49, 100, 0},
                {50, 100, 50},
                {69, 100, 50},
                {70, 100, 70},
                {89, 100, 70},
                {90, 100, 90},
                {99, 100, 90},
                {100, 100, 100},
                {500, 100, 100},
                {4'294'967'295, 4'294'967'295, 100},
                {2'147'483'648, 4'294'967'295, 50}};
    for (const auto& row : rows)
        EXPECT_EQ(level_of(row.failures, row.limit), row.level) << row.failures << "/" << row.limit;
}

TEST_F(FailuresTest, EachLevelIsRaisedOnce) {  // decision C1
    EXPECT_EQ(levels(300), "50@50 70@70 90@90 100@100");
}

TEST_F(FailuresTest, OfLevelsThatCoincideTheHighestIsRaised) {  // pipeline.md §11.1
    rules.limit = 1;
    EXPECT_EQ(levels(3), "100@1");
    state = {};
    rules.limit = 2;
    EXPECT_EQ(levels(5), "50@1 100@2");
    state = {};
    rules.limit = 3;
    EXPECT_EQ(levels(5), "50@2 100@3");
}

TEST_F(FailuresTest, ASuccessBeginsAnew) {
    rules.limit = 10;
    EXPECT_EQ(levels(9), "50@5 70@7 90@9");
    EXPECT_EQ(succeed(), AlertEffects{});
    EXPECT_EQ(state, FailureState{});
    EXPECT_EQ(levels(12), "50@5 70@7 90@9 100@10");
}

TEST_F(FailuresTest, EnableAndChangeBeginAnew) {
    rules.limit = 10;
    EXPECT_EQ(levels(10), "50@5 70@7 90@9 100@10");
    state = rearmed(state);
    EXPECT_EQ(levels(10), "50@5 70@7 90@9 100@10");
}

TEST_F(FailuresTest, AGapOfMoreThanADayBeginsAnew) {
    rules.limit = 10;
    EXPECT_EQ(levels(6), "50@5");
    now += 24h - 1s;
    EXPECT_EQ(levels(1), "70@7") << "a day exactly is none";
    now += 24h;
    EXPECT_EQ(levels(5), "50@5");
}

TEST_F(FailuresTest, AttemptsThatEndedInAnotherOrderCountTheSame) {
    rules.limit = 4;
    std::string told;
    for (const auto ended : {5s, 1s, 4s, 2s}) {
        const Followed followed = follow(state, {.time = kStart + ended}, rules);
        state = followed.state;
        told += std::to_string(followed.effects.level) + " ";
    }
    EXPECT_EQ(told, "0 50 70 100 ");
    EXPECT_EQ(state.last_failure, kStart + 5s);
}

TEST_F(FailuresTest, WithoutALimitFailuresAreCountedAndNothingFollows) {
    rules.limit.reset();
    rules.auto_disable = true;
    EXPECT_EQ(levels(300), "");
    EXPECT_EQ(state.failures, 300U);
    EXPECT_EQ(fail().disable, "");
}

TEST_F(FailuresTest, ALimitThatWasLoweredIsReachedByTheNextFailure) {
    EXPECT_EQ(levels(60), "50@50");
    rules.limit = 20;
    EXPECT_EQ(levels(3), "100@61");
}

TEST_F(FailuresTest, WhatAnUnknownLevelMayHaveToldIsNotToldAgain) {  // after a reindex
    rules.limit = 10;
    levels(6);
    state.level.reset();
    EXPECT_EQ(levels(5), "70@7 90@9 100@10");
}

TEST_F(FailuresTest, DisablesAtTheLimitOnceAndOnlyWhenConfigured) {  // pipeline.md §11.2
    rules.limit = 2;
    EXPECT_EQ(fail().disable, "");
    EXPECT_EQ(fail().disable, "") << "not configured";
    state = {};
    rules.auto_disable = true;
    EXPECT_EQ(fail().disable, "");
    EXPECT_EQ(fail().disable, kDisabledByFailures);
    EXPECT_EQ(fail().disable, "") << "those that were in flight";
}

TEST_F(FailuresTest, DisablesWhatIsGoneOnlyWhenConfigured) {  // decision B5
    EXPECT_EQ(fail({.gone = true}).disable, "");
    rules.disable_on_gone = true;
    EXPECT_EQ(fail().disable, "");
    EXPECT_EQ(fail({.gone = true}).disable, kDisabledAsGone);
    rules.limit = 1;
    rules.auto_disable = true;
    state = {};
    EXPECT_EQ(fail({.gone = true}).disable, kDisabledByFailures);
}

TEST_F(FailuresTest, TellsOfExhaustedRetriesOnceInTheWindow) {  // pipeline.md §11.3
    rules.retries_max = 3;
    EXPECT_FALSE(fail({.number = 3, .eligible = true}).exhausted) << "a retry is left";
    EXPECT_TRUE(fail({.number = 4, .eligible = true}).exhausted);
    EXPECT_FALSE(fail({.number = 4, .eligible = true}).exhausted);
    succeed();
    EXPECT_FALSE(fail({.number = 5, .eligible = true}).exhausted) << "a success does not end the window";
    now += 1h;
    EXPECT_TRUE(fail({.number = 6, .eligible = true}).exhausted) << "a manual one beyond the limit";
}

TEST_F(FailuresTest, TellsNothingOfRetriesThatNobodyWanted) {
    rules.retries_max = 3;
    EXPECT_FALSE(fail({.number = 4, .eligible = false}).exhausted);
    EXPECT_FALSE(state.exhausted_at.has_value()) << "and enters no window";
    rules.retries_max = 0;
    EXPECT_FALSE(fail({.number = 1, .eligible = true}).exhausted);
    rules = {.exhausted_window = std::nullopt, .retries_max = 3};
    EXPECT_FALSE(fail({.number = 4, .eligible = true}).exhausted);
    rules.exhausted_window = 0ms;
    EXPECT_TRUE(fail({.number = 4, .eligible = true}).exhausted);
    EXPECT_TRUE(fail({.number = 4, .eligible = true}).exhausted) << "0: each";
}

TEST_F(FailuresTest, AClockThatWasSetBackClosesNoWindowForLong) {
    rules.retries_max = 1;
    now = kStart + 48h;
    EXPECT_TRUE(fail({.number = 2, .eligible = true}).exhausted);
    now = kStart;
    EXPECT_TRUE(fail({.number = 2, .eligible = true}).exhausted);
}

TEST_F(FailuresTest, NothingIsKeptOfADestinationThatIsWell) {
    rules.retries_max = 1;
    fail({.number = 2, .eligible = true});
    succeed();
    EXPECT_NE(state, FailureState{}) << "the window";
    now += 1h;
    succeed();
    EXPECT_EQ(state, FailureState{});
}

}  // namespace
}  // namespace outpost::pipeline
