#include "manage/inspect/inspect.hpp"

#include "base/manual_clock.hpp"
#include "manage/fakes/run_task.hpp"
#include "ports/fakes/memory_world.hpp"

namespace outpost::manage {
namespace {

// api.md §11.5.
TEST(ParseIncludes, IgnoresUnknownValuesAndLetsDataImplyTheEvent) {
    const Includes none = parse_includes({"nonsense", "Event", ""});
    EXPECT_FALSE(none.event || none.event_data || none.response_data || none.destination);
    const Includes data = parse_includes({"event.data"});
    EXPECT_TRUE(data.event && data.event_data);
    EXPECT_FALSE(parse_includes({"event"}).event_data);
    const Includes both = parse_includes({"response_data", "destination"});
    EXPECT_TRUE(both.response_data && both.destination && !both.event);
    const Includes list = parse_includes({"event,response_data", ","});
    EXPECT_TRUE(list.event && list.response_data && !list.destination && !list.event_data);
}

// portal.md §15a N5, N7.
TEST(ParseIncludes, KnowsRequestTimingAndCount) {
    const Includes all = parse_includes({"request,timing", "count"});
    EXPECT_TRUE(all.request && all.timing && all.count && !all.response_data);
    const Includes none = parse_includes({"response_data"});
    EXPECT_FALSE(none.request || none.timing || none.count);
}

struct InspectTest : testing::Test {
    InspectTest() {
        for (std::string_view tenant : {"t1", "t2"}) {
            EXPECT_TRUE(run(world.tenants.upsert_tenant(TenantId(tenant), {}, clock.now(), Deadline::never())));
            model::Destination destination;
            destination.id = DestinationId("d");
            destination.tenant_id = TenantId(tenant);
            destination.type = "webhook";
            destination.topics = {"*"};
            auto stored = run(world.tenants.create_destination(destination, 20, Deadline::never()));
            add_attempt(*stored, std::string(tenant));
        }
    }
    ~InspectTest() override { fakes::run_task(context, stop()); }

    /// One accepted event `e-<tenant>` with one settled attempt `a-<tenant>`.
    void add_attempt(const model::StoredDestination& destination, const std::string& tenant) {
        model::Event event;
        event.id = EventId("e-" + tenant);
        event.tenant_id = destination.destination.tenant_id;
        event.time = event.received = clock.now();
        event.data = Bytes("{}");
        ports::Acceptance acceptance;
        acceptance.event = std::make_shared<const model::Event>(event);
        acceptance.tenant = destination.key.tenant;
        acceptance.destinations = {destination.key};
        const auto accepted = run(world.ledger.accept({acceptance}, Deadline::never()));
        ports::Settlement settlement;
        settlement.key = {accepted->front().event, destination.key};
        settlement.event = acceptance.event;
        settlement.attempt.id = AttemptId("a-" + tenant);
        settlement.attempt.time = clock.now();
        EXPECT_TRUE(run(world.ledger.settle({settlement}, Deadline::never())).has_value());
    }
    Task<bool> stop() {
        co_await world.ledger.stop();
        co_return true;
    }
    template <class T>
    T run(Task<T> task) {
        return fakes::run_task(context, std::move(task));
    }

    boost::asio::io_context context;
    ManualClock clock;
    Shards shards{{context.get_executor()}};
    ports::fakes::MemoryWorld world{clock, shards};
    Inspect inspect{world.log, world.tenants};
};

TEST_F(InspectTest, LooksOnlyInsideItsScope) {
    const EventId e1("e-t1");
    EXPECT_TRUE(run(inspect.event(std::nullopt, e1, Deadline::never())).has_value());
    EXPECT_TRUE(run(inspect.event(TenantId("t1"), e1, Deadline::never())).has_value());
    EXPECT_EQ(run(inspect.event(TenantId("t2"), e1, Deadline::never())).error(),
              (Refusal{RefusalKind::not_found, "event not found", {}}));
    EXPECT_EQ(run(inspect.attempt(TenantId("t2"), AttemptId("a-t1"), {}, Deadline::never())).error(),
              (Refusal{RefusalKind::not_found, "attempt not found", {}}));
}

TEST_F(InspectTest, AddsEachAttemptsOwnDestinationWhileItExists) {
    const Includes includes = parse_includes({"destination", "event"});
    const auto page = run(inspect.attempts({}, includes, Deadline::never()));
    ASSERT_EQ(page->attempts.size(), 2u);
    for (const InspectedAttempt& attempt : page->attempts) {
        ASSERT_NE(attempt.destination, nullptr);
        EXPECT_EQ(attempt.destination->destination.tenant_id, attempt.record.tenant_id);
        EXPECT_NE(attempt.record.event, nullptr);
    }
    ASSERT_TRUE(
        run(world.tenants.delete_destination(TenantId("t1"), DestinationId("d"), clock.now(), Deadline::never()))
            .has_value());
    EXPECT_EQ(run(inspect.attempt(std::nullopt, AttemptId("a-t1"), includes, Deadline::never()))->destination, nullptr);
    EXPECT_NE(run(inspect.attempt(std::nullopt, AttemptId("a-t2"), includes, Deadline::never()))->destination, nullptr);
}

TEST_F(InspectTest, TellsWhatBecameOfAnEvent) {  // decision A7
    EXPECT_TRUE(parse_includes({"outcome"}).outcome);
    auto event = run(inspect.event(TenantId("t1"), EventId("e-t1"), Deadline::never()));
    ASSERT_TRUE(event.has_value());
    const auto outcomes = run(inspect.outcomes(*event, Deadline::never()));
    ASSERT_TRUE(outcomes.has_value());
    EXPECT_EQ(
        *outcomes,
        (std::vector<ports::DeliveryOutcome>{{DestinationId("d"), ports::OutcomeState::failed, "", clock.now()}}));
    const auto late = run(inspect.outcomes(*event, Deadline(clock.monotonic())));
    ASSERT_FALSE(late.has_value());
    EXPECT_EQ(late.error().kind, RefusalKind::unavailable);
}

TEST_F(InspectTest, CountsWhenAsked) {  // portal.md §15a N5
    EXPECT_EQ(run(inspect.attempts({}, {}, Deadline::never()))->count, std::nullopt);
    ports::AttemptQuery query;
    query.page.limit = 1;
    const auto page = run(inspect.attempts(query, parse_includes({"count"}), Deadline::never()));
    EXPECT_EQ(page->attempts.size(), 1u);
    EXPECT_EQ(page->count, (model::RowCount{.rows = 2, .exact = true}));
}

TEST_F(InspectTest, ReadsNothingThatWasNotAskedFor) {
    const auto page = run(inspect.attempts({}, {}, Deadline::never()));
    ASSERT_EQ(page->attempts.size(), 2u);
    EXPECT_EQ(page->attempts[0].destination, nullptr);
    EXPECT_EQ(page->attempts[0].record.event, nullptr);
}

}  // namespace
}  // namespace outpost::manage
