#include "pipeline/watch/watch.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace outpost::pipeline {
namespace {

using enum model::AttemptStatus;

struct Step {
    model::AttemptStatus status;
    std::string code;
};

Watched fold(const std::vector<Step>& steps) {
    Watched state;
    TimePoint time{};
    for (const Step& step : steps) {
        model::Attempt attempt;
        attempt.status = step.status;
        attempt.code = step.code;
        attempt.time = time += 1s;
        state = watch(std::move(state), attempt);
    }
    return state;
}

TEST(Watch, KeepsTheNewestSuccessAndTheNewestFailure) {  // portal.md §15a N1
    const TimePoint zero{};
    const struct {
        std::string name;
        std::vector<Step> steps;
        Watched expected;
    } rows[] = {
        {"nothing", {}, {}},
        {"one success", {{success, "200"}}, {zero + 1s, std::nullopt, ""}},
        {"one failure", {{failed, "500"}}, {std::nullopt, zero + 1s, "500"}},
        {"the last code is kept", {{failed, "500"}, {failed, "timeout"}}, {std::nullopt, zero + 2s, "timeout"}},
        {"a success does not forget the failure",
         {{failed, "500"}, {failed, "503"}, {success, "204"}},
         {zero + 3s, zero + 2s, "503"}},
        {"and it begins anew", {{failed, "500"}, {success, "200"}, {failed, "410"}}, {zero + 2s, zero + 3s, "410"}},
    };
    for (const auto& row : rows) EXPECT_EQ(fold(row.steps), row.expected) << row.name;
}

TEST(Watch, JudgesByTheWorstThatApplies) {  // portal.md §15a N1
    const Watched success{.last_success_at = TimePoint{} + 2s, .last_failure_at = TimePoint{} + 1s};
    const Watched failure{.last_success_at = TimePoint{} + 1s, .last_failure_at = TimePoint{} + 2s};
    const Watched only_failure{.last_failure_at = TimePoint{}};
    const struct {
        std::string name;
        HealthFacts facts;
        std::string_view expected;
    } rows[] = {
        {"no attempt", {}, "new"},
        {"the last arrived", {.watched = success}, "healthy"},
        {"the last failed", {.watched = failure, .consecutive_failures = 1}, "degraded"},
        {"the last failed and the count began anew", {.watched = failure}, "degraded"},
        {"nothing but a failure, and the count began anew", {.watched = only_failure}, "degraded"},
        {"four failed", {.watched = failure, .consecutive_failures = 4}, "degraded"},
        {"five failed", {.watched = failure, .consecutive_failures = 5}, "failing"},
        {"half of a small limit", {.watched = failure, .consecutive_failures = 2, .limit = 3}, "failing"},
        {"a limit of one", {.watched = failure, .consecutive_failures = 1, .limit = 1}, "failing"},
        {"waits long, healthy", {.watched = success, .waits_long = true}, "degraded"},
        {"waits long, new", {.waits_long = true}, "degraded"},
        {"waits long, failing", {.watched = failure, .consecutive_failures = 9, .waits_long = true}, "failing"},
        {"disabled", {.watched = failure, .consecutive_failures = 9, .disabled = true}, "disabled"},
        {"disabled by its failures",
         {.watched = failure, .consecutive_failures = 9, .disabled = true, .automatically = true},
         "disabled_automatically"},
    };
    for (const auto& row : rows) EXPECT_EQ(to_string(judge(row.facts)), row.expected) << row.name;
}

}  // namespace
}  // namespace outpost::pipeline
