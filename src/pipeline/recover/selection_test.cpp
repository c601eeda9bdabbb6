// Who qualifies for recovery (portal.md §15a N4), row by row.
#include "pipeline/recover/selection.hpp"

#include <gtest/gtest.h>

namespace outpost::pipeline {
namespace {

using ports::OutcomeState;
using enum OutcomeState;

constexpr TimePoint at(int second) {
    return TimePoint(std::chrono::seconds(second));
}

/// From second 10 on, before second 20.
RecoverRequest request_of(RecoverMode mode) {
    RecoverRequest request;
    request.mode = mode;
    request.since = at(10);
    request.until = at(20);
    return request;
}

DeliveryFacts facts_of(bool accepted, std::optional<OutcomeState> state, int second = 15, int attempted = 15) {
    DeliveryFacts facts{.accepted = accepted, .newest = std::nullopt, .attempted = at(attempted)};
    if (state) facts.newest = ports::DeliveryOutcome{DestinationId("d1"), *state, "", at(second)};
    return facts;
}

TEST(RecoverSelection, LooksAtTheNewestOutcome) {
    struct Row {
        const char* name;
        DeliveryFacts facts;
        Wanted failed, never_succeeded, missing, listed;
    };
    using enum Wanted;
    const Row rows[] = {
        {"waits for its first attempt", facts_of(true, std::nullopt), no, no, no, yes},
        {"never accepted", facts_of(false, std::nullopt), no, no, yes, lost},
        {"failed", facts_of(true, failed), yes, yes, no, yes},
        {"failed after it was sent by hand", facts_of(false, failed), yes, yes, no, yes},
        {"parked", facts_of(true, parked), yes, yes, no, yes},
        {"retrying", facts_of(true, retrying), no, no, no, yes},
        {"delivered in the range", facts_of(true, delivered), no, no, no, late},
        {"delivered before", facts_of(true, delivered, 10), no, no, no, yes},
        {"skipped", facts_of(true, skipped), no, yes, yes, yes},
        {"cancelled", facts_of(true, cancelled), no, yes, no, yes},
        {"failed after the range", facts_of(true, failed, 20, 20), no, no, no, yes},
        {"skipped after the range", facts_of(true, skipped, 25), no, no, yes, yes},
        {"failed again later than the attempt in hand", facts_of(true, failed, 16, 15), no, no, no, yes},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(is_wanted(request_of(RecoverMode::failed), row.facts), row.failed) << row.name;
        EXPECT_EQ(is_wanted(request_of(RecoverMode::never_succeeded), row.facts), row.never_succeeded) << row.name;
        EXPECT_EQ(is_wanted(request_of(RecoverMode::missing), row.facts), row.missing) << row.name;
        EXPECT_EQ(is_wanted(request_of(RecoverMode::listed), row.facts), row.listed) << row.name;
    }
}

TEST(RecoverSelection, TakesWhatCountsOfADestinationThatWasMadeAnew) {
    const auto outcome = [](const char* id, OutcomeState state, int second) {
        return ports::DeliveryOutcome{DestinationId(id), state, "", at(second)};
    };
    const std::vector<ports::DeliveryOutcome> outcomes = {outcome("d1", skipped, 3), outcome("d1", failed, 5),
                                                          outcome("d2", delivered, 1), outcome("d2", failed, 9)};
    EXPECT_EQ(outcome_for(DestinationId("d1"), outcomes)->state, failed);
    EXPECT_EQ(outcome_for(DestinationId("d2"), outcomes)->state, delivered);
    EXPECT_EQ(outcome_for(DestinationId("d3"), outcomes), std::nullopt);
}

ports::TaskRecord task_of(const char* id, const char* tenant, ports::TaskState state = ports::TaskState::queued) {
    ports::TaskRecord task;
    task.id = ports::TaskId(id);
    task.tenant_id = TenantId(tenant);
    task.state = state;
    return task;
}

TEST(NextTask, IsTheOldestOfTheTenantWithTheFewestRunning) {
    const auto a1 = task_of("a1", "a");
    const auto a2 = task_of("a2", "a");
    const auto a3 = task_of("a3", "a");
    const auto b1 = task_of("b1", "b");
    const auto before = task_of("a4", "a", ports::TaskState::running);
    using Tasks = std::vector<ports::TaskRecord>;
    const auto id_of = [](const Tasks& unfinished, const Tasks& running) {
        const ports::TaskRecord* next = next_task(unfinished, running);
        return next == nullptr ? "none" : next->id.value;
    };
    EXPECT_EQ(id_of({a1, a2, b1}, {}), "a1");
    EXPECT_EQ(id_of({a1, a2, b1}, {a1}), "b1");
    EXPECT_EQ(id_of({a1, a2, a3}, {a1}), "a2");
    EXPECT_EQ(id_of({a1, a2, b1}, {a1, b1}), "a2");
    EXPECT_EQ(id_of({a1, b1, before}, {}), "a4") << "it ran before a restart";
    EXPECT_EQ(id_of({a1}, {a1}), "none");
    EXPECT_EQ(id_of({}, {}), "none");
}

}  // namespace
}  // namespace outpost::pipeline
