#include "pipeline/recover/recover_desk.hpp"

#include "pipeline/recover/recover_fixture.hpp"

namespace outpost::pipeline {
namespace {

using pipeline::testing::RecoverFixture;

std::optional<RecoverRefusal> refusal_of(RecoverFixture& world, const RecoverRequest& asked) {
    const auto task = world.it.stage.await(world.desk.start(asked, Deadline::never()));
    return task ? std::nullopt : std::optional(task.error());
}

TEST(RecoverDesk, RefusesWhatCantBeRecovered) {
    RecoverFixture world;
    RecoverRequest asked = world.request();
    asked.tenant = TenantId("ghost");
    EXPECT_EQ(refusal_of(world, asked), RecoverRefusal::tenant_not_found);
    asked = world.request();
    asked.destination = DestinationId("d9");
    EXPECT_EQ(refusal_of(world, asked), RecoverRefusal::destination_not_found);
    EXPECT_EQ(world.it.stage.await(world.desk.estimate(asked, Deadline::never())).error(),
              RecoverRefusal::destination_not_found);
    world.it.set_disabled("d1", true);
    EXPECT_EQ(refusal_of(world, world.request()), RecoverRefusal::destination_disabled);
}

TEST(RecoverDesk, RefusesMoreThanATenantsShare) {
    RecoverFixture world;
    world.stop_runner();
    for (std::size_t i = 0; i < ports::kUnfinishedTasksPerTenantMax; ++i) world.start(world.request());
    EXPECT_EQ(refusal_of(world, world.request()), RecoverRefusal::too_many_tasks);
    world.tasks.fail_times(1);
    EXPECT_EQ(refusal_of(world, world.request()), RecoverRefusal::unavailable);
}

TEST(RecoverDesk, NeverLooksIntoTheFuture) {
    RecoverFixture world;
    RecoverRequest asked = world.request();
    asked.until = world.it.clock.now() + 1h;
    const TimePoint now = world.it.clock.now();
    const ports::TaskRecord task = world.task(world.start(asked));
    EXPECT_EQ(read_request(task.type, task.tenant_id, task.parameters, "")->until, now);
}

TEST(RecoverDesk, ShowsATenantItsOwnTasks) {
    RecoverFixture world;
    const auto id = world.start(world.request());
    EXPECT_TRUE(world.it.stage.await(world.desk.find(TenantId("t1"), id, Deadline::never())).has_value());
    const auto other = world.it.stage.await(world.desk.find(TenantId("t2"), id, Deadline::never()));
    EXPECT_EQ(other.error().code(), Errc::not_found);
    EXPECT_EQ(world.it.stage.await(world.desk.cancel(TenantId("t2"), id, Deadline::never())).error().code(),
              Errc::not_found);
    const auto listed = world.it.stage.await(world.desk.list({.tenants = {TenantId("t2")}}, Deadline::never()));
    EXPECT_TRUE(listed->empty());
}

}  // namespace
}  // namespace outpost::pipeline
