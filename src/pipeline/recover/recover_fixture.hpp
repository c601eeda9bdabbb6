// The pipeline with recovery on top, in memory; the runner can be ended and started again as a process is.
#pragma once

#include "pipeline/recover/recover_desk.hpp"
#include "pipeline/recover/task_runner.hpp"
#include "pipeline/testing/pipeline_fixture.hpp"
#include "ports/fakes/memory_health.hpp"
#include "ports/fakes/memory_task_store.hpp"

#include <gtest/gtest.h>

namespace outpost::pipeline::testing {

class RecoverFixture {
public:
    RecoverFixture() { start_runner(); }
    ~RecoverFixture() { stop_runner(); }
    RecoverFixture(const RecoverFixture&) = delete;
    RecoverFixture& operator=(const RecoverFixture&) = delete;

    void start_runner() {
        runner = std::make_unique<TaskRunner>(services(), it.stage.executor());
        runner->wake();
        it.stage.run();
    }
    void stop_runner() {
        if (runner != nullptr) it.stage.await(runner->stop());
        runner.reset();
        it.stage.run();
    }
    RecoverServices services() {
        return {.scanner = scanner,
                .redeliver = it.process->redeliver(0),
                .tasks = tasks,
                .backlogs = backlogs,
                .clock = it.stage.clock()};
    }

    /// Publishes so many, each of which fails for good; then the destination is well.
    void fail_for_good(std::size_t events, const std::string& topic = "user.created", const std::string& code = "500") {
        it.destination.fails_times(events, code);
        for (std::size_t i = 0; i < events; ++i) {
            failed.push_back(it.publish(topic, {.eligible_for_retry = false}).id);
        }
        it.clock.advance(1s);
    }
    /// For destination d1 since the beginning of time, one a second.
    RecoverRequest request(RecoverMode mode = RecoverMode::failed) {
        return {.type = std::string(kRecoverTask),
                .tenant = TenantId("t1"),
                .destination = DestinationId("d1"),
                .mode = mode,
                .since = from_unix_ms(0),
                .until = it.clock.now(),
                .topics = {},
                .codes = {},
                .listed = {},
                .pace_per_second = 1};
    }
    ports::TaskId start(RecoverRequest asked) {
        auto task = it.stage.await(desk.start(std::move(asked), Deadline::never()));
        if (!task) throw std::runtime_error("the task was refused");
        it.stage.run();
        return task->id;
    }
    Estimate estimate(RecoverRequest asked) {
        auto found = it.stage.await(desk.estimate(std::move(asked), Deadline::never()));
        if (!found) throw std::runtime_error("the estimate was refused");
        return *found;
    }
    ports::TaskRecord task(const ports::TaskId& id) {
        auto found = it.stage.await(desk.find(std::nullopt, id, Deadline::never()));
        if (!found) throw std::runtime_error(found.error().describe());
        return *std::move(found);
    }
    /// "state done/failed/skipped of total".
    std::string story(const ports::TaskId& id) {
        const ports::TaskRecord found = task(id);
        const auto& progress = found.progress;
        return fmt::format("{} {}/{}/{} of {}", ports::to_string(found.state), progress.done, progress.failed,
                           progress.skipped, progress.total ? fmt::to_string(*progress.total) : "?");
    }
    /// How many of the failed ones have been attempted so many times.
    std::size_t with_attempts(std::size_t attempts) {
        return static_cast<std::size_t>(std::ranges::count_if(
            failed, [&](const EventId& event) { return it.attempts_of(event).size() == attempts; }));
    }

    PipelineFixture it;
    ports::fakes::MemoryTaskStore tasks;
    ports::fakes::MemoryHealth backlogs{it.world.truth};
    Scanner scanner{it.process->views(0), it.world.log, it.stage.clock()};
    std::unique_ptr<TaskRunner> runner;
    RecoverDesk desk{it.process->views(0),
                     it.world.log,
                     tasks,
                     it.stage.clock(),
                     {.created =
                          [this] {
                              if (runner) runner->wake();
                          },
                      .cancelled =
                          [this](ports::TaskId id) {
                              if (runner) runner->cancelled(std::move(id));
                          }}};
    std::vector<EventId> failed;
};

}  // namespace outpost::pipeline::testing
