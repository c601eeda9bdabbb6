#include "pipeline/dispatch/adaptive_cap.hpp"

#include <gtest/gtest.h>

namespace outpost::pipeline {
namespace {

using enum SendSign;

struct Step {
    SendSign sign;
    bool was_binding;
    std::size_t times = 1;
};

struct Case {
    std::string name;
    std::size_t highest;
    std::vector<Step> steps;
    std::size_t cap;
    bool at_floor;
    bool in_trouble;
};

std::ostream& operator<<(std::ostream& out, const Case& row) {
    return out << row.name;
}

class AdaptiveCapTable : public testing::TestWithParam<Case> {};

TEST_P(AdaptiveCapTable, FollowsTheSigns) {
    AdaptiveCap cap(GetParam().highest);
    for (const Step& step : GetParam().steps) {
        for (std::size_t i = 0; i < step.times; ++i) cap.note(step.sign, step.was_binding);
    }
    EXPECT_EQ(cap.value(), GetParam().cap);
    EXPECT_EQ(cap.at_floor(), GetParam().at_floor);
    EXPECT_EQ(cap.in_trouble(), GetParam().in_trouble);
}

// design.md §5 "Dispatch", decision B23.
INSTANTIATE_TEST_SUITE_P(
    Rows, AdaptiveCapTable,
    testing::Values(Case{"StartsAtFour", 256, {}, 4, false, false},
                    Case{"StartsNoHigherThanItsLimit", 3, {}, 3, false, false},
                    Case{"DoublesWhenItHoldsSendsBack", 256, {{answered, true}}, 8, false, false},
                    Case{"StaysWhenNothingIsHeldBack", 256, {{answered, false, 10}}, 4, false, false},
                    Case{"GrowsToItsLimitOnly", 100, {{answered, true, 10}}, 100, false, false},
                    Case{"OurOwnTroubleSaysNothing", 256, {{not_tried, true, 10}}, 4, false, false},
                    Case{"FourFailuresToReachItAreNotEnough", 256, {{unreachable, true, 4}}, 4, false, true},
                    Case{"FallsAfterFive", 256, {{answered, true, 3}, {unreachable, true, 5}}, 2, true, true},
                    Case{"TheFloorIsNoHigherThanTheLimit", 1, {{unreachable, true, 5}}, 1, true, true},
                    Case{"StaysAtTheFloorWhileNothingAnswers", 256, {{unreachable, true, 50}}, 2, true, true},
                    Case{"AnAnswerBetweenStartsTheCountAnew",
                         256,
                         {{unreachable, true, 4}, {answered, false}, {unreachable, true, 4}},
                         4,
                         false,
                         true},
                    Case{"OurOwnTroubleDoesNotEndTheRow",
                         256,
                         {{unreachable, true, 4}, {not_tried, true}, {unreachable, true}},
                         2,
                         true,
                         true},
                    Case{"OneAnswerLeavesTheFloor", 256, {{unreachable, true, 5}, {answered, false}}, 4, false, false}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace outpost::pipeline
