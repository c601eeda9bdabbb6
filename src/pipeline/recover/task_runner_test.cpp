// Tasks in the background: several at once, over restarts and trouble (portal.md §15a N4, decisions B11, D12, D13).
#include "pipeline/recover/task_runner.hpp"

#include "pipeline/recover/recover_fixture.hpp"

namespace outpost::pipeline {
namespace {

using pipeline::testing::RecoverFixture;

TEST(TaskRunner, GoesOnAfterARestart) {
    RecoverFixture world;
    world.fail_for_good(6);
    const auto id = world.start(world.request());
    world.it.clock.advance(2500ms);
    world.stop_runner();
    EXPECT_EQ(world.with_attempts(2), 3U);
    EXPECT_EQ(world.task(id).state, ports::TaskState::running);
    world.it.clock.advance(1h);
    EXPECT_EQ(world.with_attempts(2), 3U) << "nobody runs";
    world.start_runner();
    world.it.clock.advance(1min);
    EXPECT_EQ(world.with_attempts(2), 6U) << "each exactly once more";
    EXPECT_EQ(world.task(id).state, ports::TaskState::completed);
}

TEST(TaskRunner, GoesOnWithAListAfterARestart) {
    RecoverFixture world;
    world.fail_for_good(4);
    RecoverRequest listed = world.request(RecoverMode::listed);
    listed.destination = DestinationId();
    for (const EventId& event : world.failed) listed.listed.push_back({event, DestinationId("d1")});
    const auto id = world.start(listed);
    world.it.clock.advance(1500ms);
    world.stop_runner();
    world.start_runner();
    world.it.clock.advance(1min);
    EXPECT_EQ(world.with_attempts(2), 4U);
    EXPECT_EQ(world.task(id).state, ports::TaskState::completed);
}

TEST(TaskRunner, RunsAFewAtOnceAndTheOthersLater) {
    RecoverFixture world;
    std::vector<ports::TaskId> ids;
    for (std::size_t i = 0; i < kRunningTasksMax + 1; ++i) {
        const std::string topic = fmt::format("topic{}", i);
        world.fail_for_good(3, topic);
        RecoverRequest asked = world.request();
        asked.topics = {topic};
        world.stop_runner();
        ids.push_back(world.start(asked));
    }
    world.start_runner();
    world.it.stage.run();
    EXPECT_EQ(world.task(ids[kRunningTasksMax - 1]).state, ports::TaskState::running);
    EXPECT_EQ(world.task(ids.back()).state, ports::TaskState::queued);
    world.it.clock.advance(1min);
    for (const auto& id : ids) EXPECT_EQ(world.task(id).state, ports::TaskState::completed);
    EXPECT_EQ(world.with_attempts(2), 3 * (kRunningTasksMax + 1));
}

TEST(TaskRunner, StopsWhereItIsCancelled) {
    RecoverFixture world;
    world.fail_for_good(5);
    const auto id = world.start(world.request());
    world.it.clock.advance(1500ms);
    const auto cancelled = world.it.stage.await(world.desk.cancel(TenantId("t1"), id, Deadline::never()));
    EXPECT_EQ(cancelled->state, ports::TaskState::cancelled);
    world.it.clock.advance(1min);
    EXPECT_EQ(world.with_attempts(2), 2U);
    EXPECT_EQ(world.story(id), "cancelled 2/0/0 of 5");
}

TEST(TaskRunner, NeverBeginsWhatWasCancelledInTheQueue) {
    RecoverFixture world;
    world.fail_for_good(2);
    world.stop_runner();
    const auto id = world.start(world.request());
    EXPECT_TRUE(world.it.stage.await(world.desk.cancel(std::nullopt, id, Deadline::never())).has_value());
    world.start_runner();
    world.it.clock.advance(1min);
    EXPECT_EQ(world.with_attempts(2), 0U);
}

TEST(TaskRunner, OutlastsAStoreThatFails) {
    RecoverFixture world;
    world.fail_for_good(2);
    world.stop_runner();
    const auto id = world.start(world.request());
    world.tasks.fail_times(6);
    world.start_runner();
    world.it.clock.advance(1h);
    EXPECT_EQ(world.story(id), "completed 2/0/0 of 2");
    EXPECT_EQ(world.with_attempts(2), 2U);
}

TEST(TaskRunner, OutlastsALedgerThatIsDown) {  // decision B11
    RecoverFixture world;
    world.fail_for_good(3);
    world.it.ledger.go_down("no space left");
    const auto id = world.start(world.request());
    world.it.clock.advance(10min);
    EXPECT_EQ(world.story(id), "running 0/0/0 of 3");
    world.it.ledger.heal();
    world.it.clock.advance(5min);
    EXPECT_EQ(world.story(id), "completed 3/0/0 of 3");
    EXPECT_EQ(world.with_attempts(2), 3U);
}

TEST(TaskRunner, FailsATaskWhoseParametersAreDamaged) {
    RecoverFixture world;
    ports::TaskRecord damaged;
    damaged.id = ports::TaskId("x");
    damaged.tenant_id = TenantId("t1");
    damaged.parameters = "{}";
    ASSERT_TRUE(world.it.stage.await(world.tasks.create(damaged, Deadline::never())).has_value());
    world.runner->wake();
    world.it.stage.run();
    EXPECT_EQ(world.task(damaged.id).state, ports::TaskState::failed);
    EXPECT_EQ(world.task(damaged.id).error, "the task's parameters are damaged");
}

}  // namespace
}  // namespace outpost::pipeline
