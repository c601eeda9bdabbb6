// The contract of ports/task_store.hpp as tests. Instantiate it for every TaskStore.
#pragma once

#include "ports/conformance/fixture.hpp"

#include <gtest/gtest.h>

namespace outpost::ports::conformance {

class TaskStoreSuite : public testing::TestWithParam<FixtureKind> {
protected:
    TaskStoreSuite() : fixture_(GetParam().make()) {}
    Fixture& it() { return *fixture_; }
    TaskStore& tasks() { return it().tasks(); }
    TimePoint now() { return it().clock().now(); }

    /// As a caller would store it: everything that is kept has a value of its own.
    TaskRecord task(const std::string& id, const std::string& tenant = "t1");
    Result<void> create(TaskRecord task) { return it().await(tasks().create(std::move(task), Deadline::never())); }
    Result<TaskRecord> find(const std::string& id, std::optional<TenantId> tenant = std::nullopt) {
        return it().await(tasks().find(std::move(tenant), TaskId(id), Deadline::never()));
    }
    Result<TaskRecord> begin(const std::string& id) {
        return it().await(tasks().begin(TaskId(id), now(), Deadline::never()));
    }
    Result<TaskState> report(const std::string& id, TaskProgress progress) {
        return it().await(tasks().report(TaskId(id), std::move(progress), Deadline::never()));
    }
    Result<void> finish(const std::string& id, TaskState state = TaskState::completed, TaskProgress progress = {},
                        std::string error = "") {
        return it().await(
            tasks().finish(TaskId(id), state, std::move(progress), std::move(error), now(), Deadline::never()));
    }
    Result<TaskRecord> cancel(const std::string& id, std::optional<TenantId> tenant = std::nullopt) {
        return it().await(tasks().cancel(std::move(tenant), TaskId(id), now(), Deadline::never()));
    }
    /// Ids in the order of the list.
    std::vector<std::string> listed(TaskQuery query = {});
    std::vector<std::string> unfinished();

private:
    std::unique_ptr<Fixture> fixture_;
};

/// Draws the cases out of the library into any program that includes this header.
void link_task_store_suite();
[[gnu::used]] inline constexpr auto kTaskStoreSuiteLinked = &link_task_store_suite;

}  // namespace outpost::ports::conformance
