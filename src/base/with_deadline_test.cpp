#include "base/with_deadline.hpp"

#include "base/manual_clock.hpp"
#include "base/task_group.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <stdexcept>

namespace outpost {
namespace {

Task<Result<int>> answer_after(ManualClock* clock, MonotonicTime::duration wait, bool* cancelled) {
    try {
        co_await clock->sleep_for(wait);
    } catch (const boost::system::system_error&) {
        *cancelled = true;
        throw;
    }
    co_return 42;
}

Task<Result<int>> throw_after(ManualClock* clock, MonotonicTime::duration wait) {
    co_await clock->sleep_for(wait);
    throw std::runtime_error("broken");
}

Task<Result<int>> refuse() {
    co_return fail(Errc::denied, "no");
}

/// What came of it, in words.
Task<void> record(ManualClock* clock, Deadline deadline, Task<Result<int>> work, std::string* outcome) {
    try {
        Task<Result<int>> bounded = with_deadline(*clock, deadline, std::move(work));
        const Result<int> result = co_await std::move(bounded);
        *outcome = result ? std::to_string(*result) : std::string(to_string(result.error().code()));
    } catch (const boost::system::system_error& error) {
        *outcome = error.code() == boost::asio::error::operation_aborted ? "aborted" : "another system error";
    } catch (const std::exception& error) {
        *outcome = error.what();
    }
}

class WithDeadline : public testing::Test {
protected:
    void start(Deadline deadline, Task<Result<int>> work) {
        tasks.start(record(&clock, deadline, std::move(work), &outcome));
        settle();
    }
    void advance(MonotonicTime::duration by) {
        clock.advance(by);
        settle();
    }
    void settle() {
        io.restart();
        io.poll();
    }
    boost::asio::io_context io;
    ManualClock clock;
    TaskGroup tasks{io.get_executor(), "test"};
    std::string outcome;
    bool cancelled = false;
};

TEST_F(WithDeadline, GivesTheResultThatComesInTime) {
    start(Deadline::after(clock, 10s), answer_after(&clock, 9s, &cancelled));
    advance(9s);
    EXPECT_EQ(outcome, "42");
    EXPECT_EQ(clock.next_wake(), std::nullopt);  // the alarm is gone
}

TEST_F(WithDeadline, GivesAnErrorThatComesInTime) {
    start(Deadline::after(clock, 10s), refuse());
    EXPECT_EQ(outcome, "denied");
}

TEST_F(WithDeadline, CancelsTheWorkWhenTheDeadlinePasses) {
    start(Deadline::after(clock, 10s), answer_after(&clock, 11s, &cancelled));
    advance(9s);
    EXPECT_EQ(outcome, "");
    advance(1s);
    EXPECT_EQ(outcome, "timeout");
    EXPECT_TRUE(cancelled);
    EXPECT_EQ(clock.next_wake(), std::nullopt);
}

TEST_F(WithDeadline, NeverWaitsWhenTheDeadlineHasPassed) {
    start(Deadline::after(clock, -1s), answer_after(&clock, 1s, &cancelled));
    EXPECT_EQ(outcome, "timeout");
}

TEST_F(WithDeadline, NeverMeansNever) {
    start(Deadline::never(), answer_after(&clock, 24h, &cancelled));
    advance(24h);
    EXPECT_EQ(outcome, "42");
}

TEST_F(WithDeadline, LetsExceptionsThroughAtOnce) {
    start(Deadline::after(clock, 10s), throw_after(&clock, 1s));
    advance(1s);
    EXPECT_EQ(outcome, "broken");
}

TEST_F(WithDeadline, CancellationFromOutsideStaysACancellation) {
    start(Deadline::after(clock, 10s), answer_after(&clock, 5s, &cancelled));
    tasks.cancel();
    settle();
    EXPECT_EQ(outcome, "aborted");
    EXPECT_TRUE(cancelled);
}

TEST(DeadlineTest, KnowsTheEarlierOne) {
    const ManualClock clock;
    const Deadline later = Deadline::after(clock, 10s);
    EXPECT_EQ(later.or_earlier(clock.monotonic() + 5s).at(), clock.monotonic() + 5s);
    EXPECT_EQ(later.or_earlier(clock.monotonic() + 15s).at(), later.at());
    EXPECT_FALSE(later.passed(clock));
    EXPECT_TRUE(Deadline::after(clock, 0s).passed(clock));
    EXPECT_FALSE(Deadline::never().passed(clock));
    EXPECT_TRUE(Deadline().is_never());
}

}  // namespace
}  // namespace outpost
