#include "base/manual_clock.hpp"

#include "base/task_group.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace outpost {
namespace {

Task<void> note_after(ManualClock* clock, MonotonicTime::duration wait, std::string name,
                      std::vector<std::string>* log) {
    co_await clock->sleep_for(wait);
    log->push_back(std::move(name));
}

Task<void> note_how_it_ended(ManualClock* clock, std::string* how) {
    try {
        co_await clock->sleep_for(1h);
        *how = "woken";
    } catch (const boost::system::system_error& error) {
        *how = error.code() == boost::asio::error::operation_aborted ? "cancelled" : "something else";
    }
}

class ManualClockTest : public testing::Test {
protected:
    /// Runs everything that can run without moving the clock.
    void settle() {
        io.restart();
        io.poll();
    }
    boost::asio::io_context io;
    ManualClock clock{from_unix_ms(1000)};
    TaskGroup tasks{io.get_executor(), "test"};
    std::vector<std::string> log;
};

TEST_F(ManualClockTest, StandsStillUntilItIsMoved) {
    const MonotonicTime start = clock.monotonic();
    EXPECT_EQ(clock.now(), from_unix_ms(1000));
    clock.advance(1500ms);
    EXPECT_EQ(clock.now(), from_unix_ms(2500));
    EXPECT_EQ(clock.monotonic() - start, 1500ms);
}

TEST_F(ManualClockTest, PartsOfMillisecondsAddUpOnBothClocks) {
    for (int i = 0; i < 4; ++i) clock.advance(250us);
    EXPECT_EQ(clock.now(), from_unix_ms(1001));
}

TEST_F(ManualClockTest, JumpMovesTheWallClockAlone) {
    const MonotonicTime start = clock.monotonic();
    clock.jump(-500ms);
    EXPECT_EQ(clock.now(), from_unix_ms(500));
    EXPECT_EQ(clock.monotonic(), start);
}

TEST_F(ManualClockTest, WakesSleepersInTheOrderOfTheirTimes) {
    tasks.start(note_after(&clock, 3s, "third", &log));
    tasks.start(note_after(&clock, 1s, "first", &log));
    tasks.start(note_after(&clock, 2s, "second", &log));
    settle();
    EXPECT_EQ(clock.next_wake(), clock.monotonic() + 1s);
    clock.advance(999ms);
    settle();
    EXPECT_TRUE(log.empty());
    clock.advance(1ms);
    settle();
    EXPECT_EQ(log, std::vector<std::string>{"first"});
    clock.advance(2s);
    settle();
    EXPECT_EQ(log, (std::vector<std::string>{"first", "second", "third"}));
    EXPECT_EQ(clock.next_wake(), std::nullopt);
    EXPECT_EQ(tasks.size(), 0U);
}

TEST_F(ManualClockTest, TimesThatHavePassedDoNotWait) {
    tasks.start(note_after(&clock, 0s, "at once", &log));
    settle();
    EXPECT_EQ(log.size(), 1U);
}

TEST_F(ManualClockTest, CancellationEndsASleep) {
    std::string how;
    tasks.start(note_how_it_ended(&clock, &how));
    settle();
    tasks.cancel();
    settle();
    EXPECT_EQ(how, "cancelled");
    EXPECT_EQ(clock.next_wake(), std::nullopt);
}

}  // namespace
}  // namespace outpost
