#include "ports/task_store.hpp"

#include <gtest/gtest.h>

namespace outpost::ports {
namespace {

TEST(TaskState, IsReadBackFromItsName) {
    for (const TaskState state :
         {TaskState::queued, TaskState::running, TaskState::completed, TaskState::cancelled, TaskState::failed}) {
        EXPECT_EQ(parse_task_state(to_string(state)), state);
    }
    EXPECT_EQ(parse_task_state("done"), std::nullopt);
    EXPECT_EQ(parse_task_state(""), std::nullopt);
}

TEST(TaskState, IsFinishedWhenNothingFollows) {
    EXPECT_FALSE(is_finished(TaskState::queued));
    EXPECT_FALSE(is_finished(TaskState::running));
    EXPECT_TRUE(is_finished(TaskState::completed));
    EXPECT_TRUE(is_finished(TaskState::cancelled));
    EXPECT_TRUE(is_finished(TaskState::failed));
}

}  // namespace
}  // namespace outpost::ports
