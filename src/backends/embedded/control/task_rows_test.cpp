// What the conformance suite of the port can't see: the file.
#include "backends/embedded/control/task_rows.hpp"

#include "backends/embedded/control/schema.hpp"
#include "backends/embedded/fakes/scratch_folder.hpp"

namespace outpost::embedded {
namespace {

class TaskRowsTest : public testing::Test {
protected:
    TaskRowsTest() {
        auto opened = open_control(folder / "control.db");
        EXPECT_TRUE(opened.has_value());
        control = std::move(*opened);
        ports::TaskRecord task;
        task.id = ports::TaskId("a");
        task.type = "recover";
        task.tenant_id = TenantId("t1");
        task.parameters = "{}";
        task.work = "[]";
        EXPECT_TRUE(rows.create(task).has_value());
    }

    fakes::ScratchFolder folder;
    Database control;
    TaskRows rows{control};
};

TEST_F(TaskRowsTest, SaysSoWhenARowHasAStateThatThereIsNot) {
    ASSERT_TRUE(control.execute("UPDATE tasks SET state = 'walking'"));
    const auto found = rows.find(std::nullopt, ports::TaskId("a"));
    ASSERT_FALSE(found.has_value());
    EXPECT_EQ(found.error().code(), Errc::corrupt);
    EXPECT_NE(found.error().text().find("walking"), std::string::npos);
}

TEST_F(TaskRowsTest, ReadsListsByAnIndex) {
    const std::pair<const char*, const char*> plans[] = {
        {"SELECT id FROM tasks WHERE tenant IN ('t1') ORDER BY number DESC LIMIT 5", "tasks_by_tenant"},
        {"SELECT id FROM tasks WHERE finished_at IS NULL ORDER BY number LIMIT 5", "tasks_unfinished"},
        {"DELETE FROM tasks WHERE finished_at IS NOT NULL AND finished_at < 5", "tasks_by_end"}};
    for (const auto& [sql, index] : plans) {
        auto plan = control.prepare(fmt::format("EXPLAIN QUERY PLAN {}", sql));
        ASSERT_TRUE(plan.has_value());
        ASSERT_EQ(plan->step(), true);
        EXPECT_NE(plan->text(3).find(index), std::string_view::npos) << plan->text(3);
    }
}

}  // namespace
}  // namespace outpost::embedded
