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

TEST(Watch, CountsFailuresSinceTheLastSuccess) {  // pipeline.md §11.1
    const TimePoint zero{};
    const struct {
        std::string name;
        std::vector<Step> steps;
        Watched expected;
    } rows[] = {
        {"nothing", {}, {}},
        {"one success", {{success, "200"}}, {0, zero + 1s, std::nullopt, ""}},
        {"one failure", {{failed, "500"}}, {1, std::nullopt, zero + 1s, "500"}},
        {"the last code is kept", {{failed, "500"}, {failed, "timeout"}}, {2, std::nullopt, zero + 2s, "timeout"}},
        {"a success forgets the count, not the failure",
         {{failed, "500"}, {failed, "503"}, {success, "204"}},
         {0, zero + 3s, zero + 2s, "503"}},
        {"and it begins anew", {{failed, "500"}, {success, "200"}, {failed, "410"}}, {1, zero + 2s, zero + 3s, "410"}},
    };
    for (const auto& row : rows) EXPECT_EQ(fold(row.steps), row.expected) << row.name;
}

TEST(Watch, JudgesByTheWorstThatApplies) {  // portal.md §15a N1
    const Watched success{.consecutive_failures = 0, .last_success_at = TimePoint{}};
    const auto failures = [](std::uint32_t count) {
        return Watched{.consecutive_failures = count, .last_failure_at = TimePoint{}, .last_failure_code = "500"};
    };
    const struct {
        std::string name;
        HealthFacts facts;
        std::string_view expected;
    } rows[] = {
        {"no attempt", {}, "new"},
        {"the last arrived", {.watched = success}, "healthy"},
        {"the last failed", {.watched = failures(1)}, "degraded"},
        {"four failed", {.watched = failures(4)}, "degraded"},
        {"five failed", {.watched = failures(5)}, "failing"},
        {"half of a small limit", {.watched = failures(2), .limit = 3}, "failing"},
        {"a limit of one", {.watched = failures(1), .limit = 1}, "failing"},
        {"waits long, healthy", {.watched = success, .waits_long = true}, "degraded"},
        {"waits long, new", {.waits_long = true}, "degraded"},
        {"waits long, failing", {.watched = failures(9), .waits_long = true}, "failing"},
        {"disabled", {.watched = failures(9), .disabled = true, .waits_long = true}, "disabled"},
    };
    for (const auto& row : rows) EXPECT_EQ(to_string(judge(row.facts)), row.expected) << row.name;
}

}  // namespace
}  // namespace outpost::pipeline
