#include "base/test_point.hpp"

#include <csignal>
#include <cstdlib>

namespace outpost {
namespace {

#ifndef NDEBUG

void pass_with(const char* chosen) {
    ::setenv("OUTPOST_TEST_POINT", chosen, 1);
    for (int i = 0; i < 3; ++i) test_point("here");
    test_point("there");
    std::_Exit(0);
}

TEST(TestPointDeathTest, KillsAtTheCountAndNameThatWereChosen) {
    EXPECT_EXIT(pass_with("here:3"), testing::KilledBySignal(SIGKILL), "");
    EXPECT_EXIT(pass_with("there:1"), testing::KilledBySignal(SIGKILL), "");
    EXPECT_EXIT(pass_with("here:4"), testing::ExitedWithCode(0), "");
    EXPECT_EXIT(pass_with("elsewhere:1"), testing::ExitedWithCode(0), "");
    EXPECT_EXIT(pass_with("here"), testing::ExitedWithCode(0), "");
}

TEST(TestPoint, SettingsAreNumbersOrNothing) {
    ::setenv("OUTPOST_TEST_X", "12", 1);
    EXPECT_EQ(test_setting("OUTPOST_TEST_X"), 12U);
    ::setenv("OUTPOST_TEST_X", "12x", 1);
    EXPECT_EQ(test_setting("OUTPOST_TEST_X"), std::nullopt);
    EXPECT_EQ(test_setting("OUTPOST_TEST_Y"), std::nullopt);
}

#else

TEST(TestPoint, IsNothingInARelease) {
    ::setenv("OUTPOST_TEST_POINT", "here:1", 1);
    test_point("here");
    ::setenv("OUTPOST_TEST_X", "12", 1);
    EXPECT_EQ(test_setting("OUTPOST_TEST_X"), std::nullopt);
}

#endif

}  // namespace
}  // namespace outpost
