#include "base/task_group.hpp"

#include "base/manual_clock.hpp"

#include <stdexcept>

namespace outpost {
namespace {

Task<void> count_after(ManualClock* clock, MonotonicTime::duration wait, int* count) {
    co_await clock->sleep_for(wait);
    ++*count;
}

Task<void> throw_at_once(bool standard) {
    if (standard) throw std::runtime_error("broken");
    throw 42;
    co_return;
}

Task<void> join_and_note(TaskGroup* group, bool* joined) {
    co_await group->join();
    *joined = true;
}

Task<void> join_and_destroy(std::unique_ptr<TaskGroup>* group) {
    co_await (*group)->join();
    group->reset();
}

class TaskGroupTest : public testing::Test {
protected:
    void settle() {
        io.restart();
        io.poll();
    }
    boost::asio::io_context io;
    ManualClock clock;
    TaskGroup tasks{io.get_executor(), "test"};
    TaskGroup watchers{io.get_executor(), "watchers"};
    int count = 0;
    bool joined = false;
};

TEST_F(TaskGroupTest, JoinWaitsForEveryTask) {
    for (const auto wait : {1s, 2s}) tasks.start(count_after(&clock, wait, &count));
    watchers.start(join_and_note(&tasks, &joined));
    settle();
    EXPECT_EQ(tasks.size(), 2U);
    clock.advance(1s);
    settle();
    EXPECT_FALSE(joined);
    clock.advance(1s);
    settle();
    EXPECT_TRUE(joined);
    EXPECT_EQ(count, 2);
    EXPECT_EQ(tasks.size(), 0U);
}

TEST_F(TaskGroupTest, JoinOfNothingReturnsAtOnce) {
    watchers.start(join_and_note(&tasks, &joined));
    settle();
    EXPECT_TRUE(joined);
}

TEST_F(TaskGroupTest, CancelEndsEveryTask) {
    for (int i = 0; i < 100; ++i) tasks.start(count_after(&clock, 1h, &count));
    settle();
    tasks.start(count_after(&clock, 1h, &count));  // has not begun when it is cancelled
    tasks.cancel();
    watchers.start(join_and_note(&tasks, &joined));
    settle();
    EXPECT_TRUE(joined);
    EXPECT_EQ(count, 0);
}

TEST_F(TaskGroupTest, ATaskThatThrowsEndsAlone) {
    testing::internal::CaptureStderr();
    tasks.start(count_after(&clock, 1s, &count));
    tasks.start(throw_at_once(true));
    tasks.start(throw_at_once(false));
    settle();
    EXPECT_EQ(tasks.size(), 1U);
    clock.advance(1s);
    settle();
    EXPECT_EQ(count, 1);
    const std::string logged = testing::internal::GetCapturedStderr();
    EXPECT_NE(logged.find("broken"), std::string::npos) << logged;
    EXPECT_NE(logged.find("not a standard exception"), std::string::npos) << logged;
}

TEST_F(TaskGroupTest, CancellationIsNotLogged) {
    testing::internal::CaptureStderr();
    tasks.start(count_after(&clock, 1h, &count));
    settle();
    tasks.cancel();
    settle();
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    EXPECT_EQ(tasks.size(), 0U);
}

TEST_F(TaskGroupTest, MayBeDestroyedByWhoeverJoinedIt) {
    auto group = std::make_unique<TaskGroup>(io.get_executor(), "short");
    group->start(count_after(&clock, 1s, &count));
    watchers.start(join_and_destroy(&group));
    settle();
    clock.advance(1s);
    settle();
    EXPECT_EQ(group, nullptr);
}

TEST(TaskGroupDeathTest, MustBeJoinedFirst) {
    EXPECT_DEATH(
        {
            boost::asio::io_context io;
            ManualClock clock;
            int count = 0;
            TaskGroup tasks(io.get_executor(), "test");
            tasks.start(count_after(&clock, 1h, &count));
        },
        "assertion failed: running_.empty");
}

}  // namespace
}  // namespace outpost
