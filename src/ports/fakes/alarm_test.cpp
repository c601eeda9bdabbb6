#include "ports/fakes/alarm.hpp"

#include "base/manual_clock.hpp"

namespace outpost::ports::fakes {
namespace {

class AlarmTest : public testing::Test {
protected:
    AlarmTest()
        : alarm(clock, io.get_executor(), "alarm_test", [this] { rings.push_back(clock.monotonic() - start); }) {}
    ~AlarmTest() override {
        TaskGroup group(io.get_executor(), "alarm_test.stop");
        group.start(alarm.stop());
        run();
    }
    void run() {
        io.restart();
        while (io.poll() > 0) {
        }
    }
    void advance(MonotonicTime::duration by) {
        run();
        clock.advance(by);
        run();
    }

    boost::asio::io_context io;
    ManualClock clock;
    MonotonicTime start = clock.monotonic();
    std::vector<MonotonicTime::duration> rings;
    Alarm alarm;
};

using Rings = std::vector<MonotonicTime::duration>;

TEST_F(AlarmTest, RingsAtItsTimeAndNotBefore) {
    alarm.set(start + 10s);
    advance(9'999ms);
    EXPECT_EQ(rings, Rings{});
    advance(1ms);
    EXPECT_EQ(rings, Rings{10s});
    advance(1h);
    EXPECT_EQ(rings.size(), 1U);
}

TEST_F(AlarmTest, RingsAtOnceForTheTimeThatHasPassedButNotWithinSet) {
    alarm.set(start - 1s);
    EXPECT_EQ(rings, Rings{});
    run();
    EXPECT_EQ(rings, Rings{0s});
}

TEST_F(AlarmTest, RingsEarlierWhenAnEarlierTimeIsSet) {
    alarm.set(start + 10s);
    run();
    alarm.set(start + 5s);
    advance(5s);
    EXPECT_EQ(rings, Rings{5s});
}

TEST_F(AlarmTest, DoesNotRingOnceStopped) {
    alarm.set(start + 10s);
    run();
    TaskGroup group(io.get_executor(), "alarm_test");
    group.start(alarm.stop());
    run();
    EXPECT_EQ(group.size(), 0U);  // stop() has returned: nothing sleeps any more
    EXPECT_FALSE(clock.next_wake().has_value());
    alarm.set(start + 11s);
    advance(1min);
    EXPECT_EQ(rings, Rings{});
}

}  // namespace
}  // namespace outpost::ports::fakes
