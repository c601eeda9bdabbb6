#include "ports/conformance/task_store_suite.hpp"

#include <fmt/format.h>

namespace outpost::ports::conformance {

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(TaskStoreSuite);

void link_task_store_suite() {}

namespace {

const TaskProgress kNone{};
using Ids = std::vector<std::string>;

Ids ids_of(const Result<std::vector<TaskRecord>>& found) {
    if (!found) throw std::runtime_error(found.error().describe());
    Ids ids;
    for (const TaskRecord& task : *found) {
        EXPECT_EQ(task.work, "") << "lists are without it";
        ids.push_back(task.id.value);
    }
    return ids;
}

}  // namespace

TaskRecord TaskStoreSuite::task(const std::string& id, const std::string& tenant) {
    return {.id = TaskId(id),
            .type = "recover",
            .tenant_id = TenantId(tenant),
            .state = TaskState::queued,
            .created_at = now(),
            .started_at = std::nullopt,
            .finished_at = std::nullopt,
            .progress = kNone,
            .parameters = R"({"a":"ü"})",
            .work = "[1]",
            .error = ""};
}

Ids TaskStoreSuite::listed(TaskQuery query) {
    return ids_of(it().await(tasks().list(std::move(query), Deadline::never())));
}

Ids TaskStoreSuite::unfinished() {
    return ids_of(it().await(tasks().unfinished(Deadline::never())));
}

TEST_P(TaskStoreSuite, KeepsWhatWasStored) {
    const TaskRecord stored = task("a");
    ASSERT_TRUE(create(stored).has_value());
    EXPECT_EQ(find("a"), stored);
    EXPECT_EQ(find("b").error().code(), Errc::not_found);
    EXPECT_EQ(create(stored).error().code(), Errc::conflict);
}

TEST_P(TaskStoreSuite, HidesOtherTenantsTasks) {
    ASSERT_TRUE(create(task("a")).has_value());
    EXPECT_TRUE(find("a", TenantId("t1")).has_value());
    EXPECT_EQ(find("a", TenantId("t2")).error().code(), Errc::not_found);
    EXPECT_EQ(cancel("a", TenantId("t2")).error().code(), Errc::not_found);
    EXPECT_EQ(find("a")->state, TaskState::queued);
}

TEST_P(TaskStoreSuite, ListsNewestFirst) {
    ASSERT_TRUE(create(task("c")).has_value());
    ASSERT_TRUE(create(task("b", "t2")).has_value());
    ASSERT_TRUE(create(task("a")).has_value());
    EXPECT_EQ(listed(), (Ids{"a", "b", "c"}));
    EXPECT_EQ(listed({.tenants = {TenantId("t1")}}), (Ids{"a", "c"}));
    EXPECT_EQ(listed({.tenants = {TenantId("t1"), TenantId("t2")}, .limit = 2}), (Ids{"a", "b"}));
    EXPECT_EQ(listed({.tenants = {TenantId("t3")}}), Ids{});
}

TEST_P(TaskStoreSuite, BeginsOnce) {
    const TimePoint began = now();
    ASSERT_TRUE(create(task("a")).has_value());
    const auto running = begin("a");
    ASSERT_TRUE(running.has_value());
    EXPECT_EQ(running->state, TaskState::running);
    EXPECT_EQ(running->started_at, began);
    EXPECT_EQ(running->work, "[1]");
    it().advance(1s);
    EXPECT_EQ(begin("a"), *running) << "after a restart it goes on";
    ASSERT_TRUE(finish("a").has_value());
    EXPECT_EQ(begin("a").error().code(), Errc::conflict);
    EXPECT_EQ(begin("b").error().code(), Errc::not_found);
}

TEST_P(TaskStoreSuite, KeepsTheProgress) {
    const TaskProgress progress{.total = 5, .done = 1, .failed = 2, .skipped = 3, .cursor = "7:x"};
    ASSERT_TRUE(create(task("a")).has_value());
    ASSERT_TRUE(begin("a").has_value());
    EXPECT_EQ(report("a", progress), TaskState::running);
    EXPECT_EQ(find("a")->progress, progress);
    EXPECT_EQ(report("a", kNone), TaskState::running);
    EXPECT_EQ(find("a")->progress, kNone);
    EXPECT_EQ(report("b", progress).error().code(), Errc::not_found);
}

TEST_P(TaskStoreSuite, EndsWithAReason) {
    const TaskProgress progress{.total = 5, .done = 5, .failed = 0, .skipped = 0, .cursor = "9"};
    ASSERT_TRUE(create(task("a")).has_value());
    ASSERT_TRUE(begin("a").has_value());
    it().advance(1s);
    ASSERT_TRUE(finish("a", TaskState::failed, progress, "the destination was deleted").has_value());
    const auto ended = find("a");
    EXPECT_EQ(ended->state, TaskState::failed);
    EXPECT_EQ(ended->finished_at, now());
    EXPECT_EQ(ended->error, "the destination was deleted");
    EXPECT_EQ(ended->progress, progress);
    EXPECT_EQ(ended->work, "") << "nobody needs it any more";
    EXPECT_EQ(finish("b").error().code(), Errc::not_found);
}

TEST_P(TaskStoreSuite, StaysCancelledWhateverTheWorkerSays) {
    const TaskProgress progress{.total = 5, .done = 2, .failed = 0, .skipped = 0, .cursor = "2"};
    ASSERT_TRUE(create(task("a")).has_value());
    ASSERT_TRUE(begin("a").has_value());
    const TimePoint when = now();
    EXPECT_EQ(cancel("a", TenantId("t1"))->state, TaskState::cancelled);
    it().advance(1s);
    EXPECT_EQ(report("a", progress), TaskState::cancelled) << "what was done counts all the same";
    ASSERT_TRUE(finish("a", TaskState::completed, progress).has_value());
    const auto ended = cancel("a");
    EXPECT_EQ(ended->state, TaskState::cancelled);
    EXPECT_EQ(ended->finished_at, when);
    EXPECT_EQ(ended->progress, progress);
}

TEST_P(TaskStoreSuite, CancelsNothingThatHasEnded) {
    ASSERT_TRUE(create(task("a")).has_value());
    ASSERT_TRUE(begin("a").has_value());
    ASSERT_TRUE(finish("a").has_value());
    EXPECT_EQ(cancel("a")->state, TaskState::completed);
    EXPECT_EQ(cancel("b").error().code(), Errc::not_found);
}

TEST_P(TaskStoreSuite, KnowsWhatIsUnfinished) {
    for (const char* id : {"a", "b", "c", "d"}) ASSERT_TRUE(create(task(id)).has_value());
    ASSERT_TRUE(begin("b").has_value());
    ASSERT_TRUE(begin("c").has_value());
    ASSERT_TRUE(finish("c").has_value());
    ASSERT_TRUE(cancel("d").has_value());
    EXPECT_EQ(unfinished(), (Ids{"a", "b"}));
}

TEST_P(TaskStoreSuite, RefusesMoreUnfinishedTasksThanATenantMayHave) {
    for (std::size_t i = 0; i < kUnfinishedTasksPerTenantMax; ++i) {
        ASSERT_TRUE(create(task(fmt::format("a{}", i))).has_value());
    }
    EXPECT_EQ(create(task("more")).error().code(), Errc::limited);
    EXPECT_TRUE(create(task("other", "t2")).has_value());
    ASSERT_TRUE(cancel("a3").has_value());
    EXPECT_TRUE(create(task("more")).has_value());
}

TEST_P(TaskStoreSuite, ForgetsWhatEndedLongAgo) {
    ASSERT_TRUE(create(task("old")).has_value());
    ASSERT_TRUE(create(task("queued")).has_value());
    ASSERT_TRUE(cancel("old").has_value());
    it().advance(kFinishedTasksKept);
    ASSERT_TRUE(create(task("b", "t2")).has_value());
    EXPECT_TRUE(find("old").has_value());
    it().advance(1s);
    ASSERT_TRUE(create(task("c", "t2")).has_value());
    EXPECT_EQ(find("old").error().code(), Errc::not_found);
    EXPECT_TRUE(find("queued").has_value());
}

TEST_P(TaskStoreSuite, KeepsABoundedNumberOfEndedTasks) {
    const std::size_t more = 2;
    ASSERT_TRUE(create(task("other", "t2")).has_value());
    ASSERT_TRUE(cancel("other").has_value());
    for (std::size_t i = 0; i < kFinishedTasksPerTenantMax + more; ++i) {
        ASSERT_TRUE(create(task(fmt::format("a{}", i))).has_value());
        ASSERT_TRUE(cancel(fmt::format("a{}", i)).has_value());
    }
    ASSERT_TRUE(create(task("last")).has_value());
    EXPECT_FALSE(find("a1").has_value());
    EXPECT_TRUE(find("a2").has_value());
    EXPECT_TRUE(find("other").has_value());
}

TEST_P(TaskStoreSuite, SurvivesARestart) {
    if (!it().is_durable()) GTEST_SKIP() << "not durable";
    const TaskProgress progress{.total = 5, .done = 1, .failed = 2, .skipped = 3, .cursor = "7:x"};
    ASSERT_TRUE(create(task("a")).has_value());
    ASSERT_TRUE(begin("a").has_value());
    ASSERT_TRUE(report("a", progress).has_value());
    const auto before = find("a");
    ASSERT_TRUE(before.has_value());
    it().restart();
    EXPECT_EQ(find("a"), *before);
    EXPECT_EQ(unfinished(), Ids{"a"});
}

}  // namespace outpost::ports::conformance
