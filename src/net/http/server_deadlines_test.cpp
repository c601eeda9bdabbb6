#include "net/http/server_deadlines.hpp"

#include <gtest/gtest.h>

namespace outpost::http {
namespace {

struct Alarm final : DeadlineWheel::Entry {
    int rung = 0;
    void deadline_passed() override { ++rung; }
};

constexpr MonotonicTime kStart = MonotonicTime(std::chrono::hours(1));

TEST(DeadlineWheel, NeverFiresEarlyAndAtMostOneTickLate) {
    for (const auto wait : {1ms, 499ms, 500ms, 501ms, 10'000ms, 75'250ms, 127'500ms, 128'001ms, 600'000ms}) {
        DeadlineWheel wheel(kStart);
        Alarm alarm;
        wheel.arm(alarm, kStart + wait);
        for (MonotonicTime now = kStart; now < kStart + wait; now += 100ms) {
            wheel.advance(now);
            EXPECT_EQ(alarm.rung, 0) << wait.count() << " ms, after " << (now - kStart) / 1ms;
        }
        wheel.advance(kStart + wait + DeadlineWheel::kTick);
        EXPECT_EQ(alarm.rung, 1) << wait.count();
        wheel.advance(kStart + wait + 1h);
        EXPECT_EQ(alarm.rung, 1) << wait.count();
    }
}

TEST(DeadlineWheel, FiresEverythingAfterALongStandstill) {
    DeadlineWheel wheel(kStart);
    std::array<Alarm, 700> alarms;
    for (std::size_t i = 0; i < alarms.size(); ++i) wheel.arm(alarms[i], kStart + i * 333ms);
    wheel.advance(kStart + 24h);
    for (const Alarm& alarm : alarms) EXPECT_EQ(alarm.rung, 1);
}

TEST(DeadlineWheel, ADeadlineCanMoveLaterEarlierOrAway) {
    DeadlineWheel wheel(kStart);
    Alarm later;
    Alarm earlier;
    Alarm away;
    for (Alarm* alarm : {&later, &earlier, &away}) wheel.arm(*alarm, kStart + 10s);
    wheel.arm(later, kStart + 20s);
    wheel.arm(earlier, kStart + 2s);
    DeadlineWheel::disarm(away);
    wheel.advance(kStart + 3s);
    EXPECT_EQ(earlier.rung, 1);
    wheel.advance(kStart + 19s);
    EXPECT_EQ(later.rung, 0);
    wheel.advance(kStart + 21s);
    EXPECT_EQ(later.rung, 1);
    EXPECT_EQ(earlier.rung, 1);
    EXPECT_EQ(away.rung, 0);
}

TEST(DeadlineWheel, AnEntryMayArmItselfAgainWhileItFires) {
    struct Again final : DeadlineWheel::Entry {
        explicit Again(DeadlineWheel& wheel_) : wheel(wheel_) {}
        DeadlineWheel& wheel;
        int rung = 0;
        void deadline_passed() override {
            if (++rung < 3) wheel.arm(*this, kStart);
        }
    };
    DeadlineWheel wheel(kStart);
    Again again(wheel);
    wheel.arm(again, kStart + 1s);
    for (int tick = 1; tick <= 10; ++tick) wheel.advance(kStart + tick * 1s);
    EXPECT_EQ(again.rung, 3);
}

TEST(DeadlineWheel, AnEntryLeavesWhenItIsDestroyed) {
    DeadlineWheel wheel(kStart);
    Alarm stays;
    wheel.arm(stays, kStart + 1s);
    {
        Alarm goes;
        wheel.arm(goes, kStart + 1s);
    }
    wheel.advance(kStart + 2s);
    EXPECT_EQ(stays.rung, 1);
}

TEST(DeadlineWheel, EntriesOutliveTheWheel) {
    Alarm alarm;
    {
        DeadlineWheel wheel(kStart);
        wheel.arm(alarm, kStart + 1s);
    }
    DeadlineWheel other(kStart);
    other.arm(alarm, kStart + 1s);
    other.advance(kStart + 2s);
    EXPECT_EQ(alarm.rung, 1);
}

}  // namespace
}  // namespace outpost::http
