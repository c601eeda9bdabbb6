// What one task does with what it meets (portal.md §15a N4, decision B10).
#include "pipeline/recover/task_run.hpp"

#include "pipeline/recover/recover_fixture.hpp"

namespace outpost::pipeline {
namespace {

using pipeline::testing::RecoverFixture;
using ports::fakes::Reply;

TEST(TaskRun, DeliversAgainWhatFailed) {
    RecoverFixture world;
    const auto fine = world.it.publish("user.created");
    world.fail_for_good(3);
    const auto id = world.start(world.request());
    EXPECT_EQ(world.story(id), "running 0/0/0 of 3");
    world.it.clock.advance(1100ms);
    EXPECT_EQ(world.story(id), "running 2/0/0 of 3") << "one a second";
    world.it.clock.advance(1min);
    EXPECT_EQ(world.story(id), "completed 3/0/0 of 3");
    EXPECT_EQ(world.with_attempts(2), 3U);
    EXPECT_TRUE(world.it.attempts_of(world.failed[0]).back().manual);
    EXPECT_EQ(world.it.attempts_of(fine.id).size(), 1U);
    EXPECT_EQ(world.it.decisions().front().reason, "recover");
}

TEST(TaskRun, TakesWhatFailsAgainForTheNextTask) {
    RecoverFixture world;
    world.fail_for_good(2);
    world.it.destination.always(Reply::failure());
    const auto id = world.start(world.request());
    world.it.clock.advance(1min);
    EXPECT_EQ(world.story(id), "completed 2/0/0 of 2");
    EXPECT_EQ(world.with_attempts(2), 2U) << "not round and round";
    world.it.destination.always(Reply::success());
    EXPECT_EQ(world.estimate(world.request()).redeliver, 2U);
}

TEST(TaskRun, LeavesOutWhatSomebodyRetriesWhileItsTurnIsAwaited) {
    RecoverFixture world;
    world.fail_for_good(1);
    world.fail_for_good(1);  // a second later: this one is second in line
    const auto id = world.start(world.request());
    world.it.clock.advance(500ms);
    ASSERT_EQ(world.with_attempts(2), 1U);
    ASSERT_TRUE(world.it.retry(world.failed[1]).has_value());
    world.it.clock.advance(1min);
    EXPECT_EQ(world.story(id), "completed 1/0/0 of 1");
    EXPECT_EQ(world.with_attempts(2), 2U);
}

TEST(TaskRun, LooksForTopicsAndCodes) {
    RecoverFixture world;
    world.fail_for_good(1, "user.created", "500");
    world.fail_for_good(2, "user.created", "503");
    world.fail_for_good(4, "order.paid", "503");
    RecoverRequest asked = world.request();
    asked.codes = {"503"};
    EXPECT_EQ(world.estimate(asked).redeliver, 6U);
    asked.topics = {"user.created"};
    EXPECT_EQ(world.estimate(asked).redeliver, 2U);
    const auto id = world.start(asked);
    world.it.clock.advance(1min);
    EXPECT_EQ(world.story(id), "completed 2/0/0 of 2");
}

TEST(TaskRun, LooksWithinTheRangeOfTime) {
    RecoverFixture world;
    world.fail_for_good(1);
    const TimePoint middle = world.it.clock.now();
    world.fail_for_good(2);
    RecoverRequest asked = world.request();
    asked.until = middle;
    EXPECT_EQ(world.estimate(asked).redeliver, 1U);
    asked = world.request();
    asked.since = middle;
    EXPECT_EQ(world.estimate(asked).redeliver, 2U);
}

TEST(TaskRun, BringsWhatTheDestinationMissed) {  // decision B10: recover replays
    RecoverFixture world;
    world.fail_for_good(1);
    const auto early = world.it.publish("user.created", {.id = "early"});
    const auto other = world.it.publish("order.paid", {.id = "other"});
    world.it.create_destination("d2", {.topics = {"user.created"}});
    const auto had = world.it.publish("user.created", {.id = "had"});
    world.it.clock.advance(1s);
    RecoverRequest asked = world.request(RecoverMode::missing);
    asked.destination = DestinationId("d2");
    EXPECT_EQ(world.estimate(asked).redeliver, 2U);
    const auto id = world.start(asked);
    world.it.clock.advance(1min);
    EXPECT_EQ(world.story(id), "completed 2/0/0 of 2");
    std::vector<EventId> sent;
    for (const auto& one : world.it.destination.sent_to(DestinationId("d2"))) sent.push_back(one.event_id);
    EXPECT_EQ(sent, (std::vector<EventId>{had.id, world.failed[0], early.id}))
        << "not of another topic: " << other.id.value;
    EXPECT_EQ(world.estimate(asked).redeliver, 0U);
}

TEST(TaskRun, BringsWhatWasSkippedWhileTheDestinationWasDisabled) {  // decision B10
    RecoverFixture world;
    world.it.destination.fails_times(1);
    const auto waiting = world.it.publish("user.created");
    world.it.set_disabled("d1", true);
    world.it.clock.advance(24h);
    world.it.set_disabled("d1", false);
    world.it.clock.advance(24h);
    ASSERT_EQ(world.it.attempts_of(waiting.id).size(), 1U);
    EXPECT_EQ(world.estimate(world.request(RecoverMode::failed)).redeliver, 0U);
    const auto id = world.start(world.request(RecoverMode::missing));
    world.it.clock.advance(1min);
    EXPECT_EQ(world.story(id), "completed 1/0/0 of 1");
    EXPECT_EQ(world.it.attempts_of(waiting.id).size(), 2U);
}

TEST(TaskRun, LeavesOutWhatOnceArrivedWhenAskedForWhatNeverDid) {
    RecoverFixture world;
    const auto arrived = world.it.publish("user.created", {.eligible_for_retry = false});
    world.fail_for_good(1);
    world.it.destination.fails_times(1);
    ASSERT_TRUE(world.it.retry(arrived.id).has_value());
    world.it.clock.advance(24h);
    const Estimate failed = world.estimate(world.request(RecoverMode::failed));
    const Estimate never = world.estimate(world.request(RecoverMode::never_succeeded));
    EXPECT_EQ(never.redeliver, 1U);
    EXPECT_EQ(never.delivered, 0U);
    EXPECT_TRUE(never.exact);
    EXPECT_GE(failed.redeliver, never.redeliver);
    EXPECT_EQ(failed.delivered, failed.redeliver - 1U);
}

TEST(TaskRun, EndsWhenTheDestinationIsDisabledOrDeleted) {
    const std::pair<std::string, std::function<void(RecoverFixture&)>> rows[] = {
        {"the destination is disabled", [](RecoverFixture& world) { world.it.set_disabled("d1", true); }},
        {"the destination was deleted", [](RecoverFixture& world) { world.it.delete_destination("d1"); }}};
    for (const auto& [error, change] : rows) {
        RecoverFixture world;
        world.fail_for_good(4);
        const auto id = world.start(world.request());
        world.it.clock.advance(1500ms);
        change(world);
        world.it.clock.advance(1min);
        EXPECT_EQ(world.task(id).state, ports::TaskState::failed);
        EXPECT_EQ(world.task(id).error, error);
        EXPECT_LE(world.task(id).progress.done, 3U);
        EXPECT_GE(world.with_attempts(1), 1U);
    }
}

TEST(TaskRun, CountsWhatAListNamesInVain) {
    RecoverFixture world;
    world.fail_for_good(1);
    world.it.create_destination("d2", {.topics = {"order.paid"}});
    world.it.create_destination("d3");
    RecoverRequest listed = world.request(RecoverMode::listed);
    listed.type = kBulkRetryTask;
    listed.destination = DestinationId();
    listed.listed = {{world.failed[0], DestinationId("d1")},
                     {EventId("unknown"), DestinationId("d1")},
                     {world.failed[0], DestinationId("d3")},
                     {world.failed[0], DestinationId("d9")}};
    const Estimate estimate = world.estimate(listed);
    EXPECT_EQ(estimate.redeliver, 1U);
    EXPECT_EQ(estimate.others, 3U);
    const auto id = world.start(listed);
    world.it.clock.advance(1min);
    EXPECT_EQ(world.story(id), "completed 1/2/1 of 4");
    EXPECT_EQ(world.it.decisions().front().reason, "bulk");
}

TEST(TaskRun, SkipsWhatTheDestinationDoesNotTakeAnyMore) {
    RecoverFixture world;
    world.fail_for_good(2);
    world.it.delete_destination("d1");
    world.it.create_destination("d1", {.topics = {"order.paid"}});
    const auto id = world.start(world.request());
    world.it.clock.advance(1min);
    EXPECT_EQ(world.story(id), "completed 0/0/2 of 2");
    EXPECT_EQ(world.with_attempts(2), 0U);
}

TEST(TaskRun, WaitsWhileTooMuchIsOpen) {
    RecoverFixture world;
    world.fail_for_good(1);
    world.it.destination.always(Reply::failure());
    for (std::size_t i = 0; i < kOpenAheadMax; ++i) world.it.publish("user.created");
    ASSERT_EQ(world.it.open(), kOpenAheadMax);
    const auto id = world.start(world.request());
    world.it.clock.advance(10s);
    EXPECT_EQ(world.task(id).state, ports::TaskState::running);
    EXPECT_EQ(world.with_attempts(1), 1U);
    world.it.destination.always(Reply::success());
    world.it.clock.advance(24h);
    EXPECT_EQ(world.task(id).state, ports::TaskState::completed);
    EXPECT_EQ(world.with_attempts(2), 1U);
}

TEST(TaskRun, CanBeCancelledWhileItWaitsForRoom) {
    RecoverFixture world;
    world.fail_for_good(1);
    world.it.destination.always(Reply::failure());
    for (std::size_t i = 0; i < kOpenAheadMax; ++i) world.it.publish("user.created");
    const auto id = world.start(world.request());
    EXPECT_TRUE(world.it.stage.await(world.desk.cancel(std::nullopt, id, Deadline::never())).has_value());
    world.it.destination.always(Reply::success());
    world.it.clock.advance(48h);
    EXPECT_EQ(world.task(id).state, ports::TaskState::cancelled);
    EXPECT_EQ(world.with_attempts(1), 1U);
}

}  // namespace
}  // namespace outpost::pipeline
