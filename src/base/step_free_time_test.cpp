#include "base/step_free_time.hpp"

#include "base/manual_clock.hpp"

#include <gtest/gtest.h>

namespace outpost {
namespace {

constexpr auto kTenYears = std::chrono::hours(24 * 3652);

struct Passed {
    const char* what;
    Milliseconds wall;
    MonotonicTime::duration monotonic;
    Milliseconds step;
};

TEST(ClockStep, IsWhatTheWallClockDidAndTheMonotonicClockDidNot) {  // hard-cases T-16
    const Passed table[] = {
        {"nothing", 0ms, 0ms, 0ms},
        {"an hour passed", 1h, 1h, 0ms},
        {"set forward", 1h, 0ms, 1h},
        {"set back", -1h, 0ms, -1h},
        {"set back while a minute passed", 1min - 1h, 1min, -1h},
        {"set to 1970", -1'700'000'000'000ms, 5s, -1'700'000'005'000ms},
        {"ten years on", kTenYears, 0ms, kTenYears},
        {"suspended for eight hours", 8h, 2s, 8h - 2s},
        {"a leap second, smeared away", 999ms, 0ms, 0ms},
        {"a little back", -999ms, 0ms, 0ms},
        {"the least that counts", 1s, 0ms, 1s},
        {"the least that counts, back", -1s, 0ms, -1s},
        {"parts of milliseconds", 1ms, 1'999'999ns, 0ms},
    };
    for (const Passed& row : table) {
        const ClockReading earlier{from_unix_ms(1'700'000'000'000), MonotonicTime(1h)};
        const ClockReading later{earlier.wall + row.wall, earlier.monotonic + row.monotonic};
        EXPECT_EQ(clock_step(earlier, later), row.step) << row.what;
    }
}

class StepFreeTimeTest : public testing::Test {
protected:
    ManualClock clock;
    StepFreeTime time{clock};
};

TEST_F(StepFreeTimeTest, IsTheWallClockAsLongAsNobodySetsIt) {
    clock.advance(1h + 7us);
    EXPECT_EQ(time.now(), clock.now());
    EXPECT_EQ(time.from_wall(clock.now() + 30s), time.now() + 30s);
}

TEST_F(StepFreeTimeTest, GoesOnWhenTheWallClockIsSet) {
    for (const Milliseconds step : {Milliseconds(1h), Milliseconds(-2h), Milliseconds(kTenYears), Milliseconds(-1s)}) {
        const TimePoint before = time.now();
        clock.jump(step);
        EXPECT_EQ(time.now(), before);
        EXPECT_EQ(time.from_wall(clock.now() + 30s), before + 30s);
        clock.advance(10s);
        EXPECT_EQ(time.now(), before + 10s);
    }
}

TEST_F(StepFreeTimeTest, KnowsThatTheWallClockWasSetForwardSinceItShowedATime) {
    const TimePoint before = clock.now();
    EXPECT_FALSE(time.was_set_since(before));
    clock.advance(1h);
    EXPECT_FALSE(time.was_set_since(before));
    clock.jump(10min);
    EXPECT_TRUE(time.was_set_since(before));
    clock.advance(1ms);
    EXPECT_FALSE(time.was_set_since(clock.now()));
    EXPECT_TRUE(time.was_set_since(before));
}

TEST_F(StepFreeTimeTest, SmallStepsAddUp) {
    for (int i = 0; i < 10; ++i) {
        clock.jump(-600ms);
        const Milliseconds off = time.from_wall(clock.now()) - time.now();
        EXPECT_LT(std::chrono::abs(off), kClockStepMin);
    }
}

TEST_F(StepFreeTimeTest, TheSameWallTimeLiesAtTheSamePlace) {  // else what waits would change its order
    const TimePoint due = clock.now() + 1h;
    const TimePoint place = time.from_wall(due);
    for (int i = 0; i < 100; ++i) {
        clock.advance(333us);
        EXPECT_EQ(time.from_wall(due), place);
    }
}

}  // namespace
}  // namespace outpost
