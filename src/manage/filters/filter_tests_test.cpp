#include "manage/filters/filter_tests.hpp"

#include "base/manual_clock.hpp"
#include "manage/fakes/run_task.hpp"
#include "ports/fakes/memory_world.hpp"

#include <gtest/gtest.h>

namespace outpost::manage {
namespace {

class FilterTestsTest : public testing::Test {
protected:
    FilterTestsTest() {
        EXPECT_TRUE(run(world.tenants.upsert_tenant(TenantId("t1"), {}, clock.now(), Deadline::never())).has_value());
        model::Destination d1;
        d1.id = DestinationId("d1");
        d1.tenant_id = TenantId("t1");
        d1.type = "webhook";
        d1.topics = {"*"};
        EXPECT_TRUE(run(world.tenants.create_destination(std::move(d1), 9, Deadline::never())).has_value());
    }
    ~FilterTestsTest() override {
        struct Stop {
            static Task<bool> ledger(ports::fakes::MemoryLedger& it) {
                co_await it.stop();
                co_return true;
            }
        };
        run(Stop::ledger(world.ledger));
    }
    template <class T>
    T run(Task<T> task) {
        return fakes::run_task(context, std::move(task));
    }
    static model::EventPtr an_event(std::string id, std::string data, TimePoint time = {}, std::string tenant = "t1") {
        auto event = std::make_shared<model::Event>();
        event->id = EventId(std::move(id));
        event->tenant_id = TenantId(std::move(tenant));
        event->topic = "order.paid";
        event->time = event->received = time;
        event->data = Bytes(std::move(data));
        return event;
    }
    void store(int number, const std::string& tenant = "t1") {
        const TimePoint time = clock.now() + std::chrono::seconds(number);
        ports::Acceptance acceptance;
        acceptance.event =
            an_event(fmt::format("{}-e{}", tenant, number), fmt::format(R"({{"n":{}}})", number), time, tenant);
        acceptance.tenant = (*run(world.tenants.view(TenantId(tenant), Deadline::never())))->number;
        EXPECT_TRUE(run(world.ledger.accept({std::move(acceptance)}, Deadline::never())).has_value());
    }
    Granted<std::vector<EventMatch>> newest(std::string filter, std::size_t count, std::string destination = "d1",
                                            std::string tenant = "t1") {
        NewestEvents which{TenantId(std::move(tenant)), DestinationId(std::move(destination)), count};
        return run(tests.newest(std::move(filter), std::move(which), Deadline::never()));
    }

    boost::asio::io_context context;
    ManualClock clock;
    Shards shards{{context.get_executor()}};
    ports::fakes::MemoryWorld world{clock, shards};
    FilterTests tests{world.log, world.tenants};
};

TEST_F(FilterTestsTest, ExplainsWhatAFilterSaysToAnEvent) {
    const auto verdict =
        run(tests.explain(R"({"topic":"order.paid","data":{"n":{"$gt":5}}})", an_event("e", R"({"n":3})")));
    ASSERT_TRUE(verdict.has_value());
    EXPECT_FALSE(verdict->matches);
    ASSERT_EQ(verdict->clauses.size(), 2U);
    EXPECT_EQ(verdict->clauses[0].path, "topic");
    EXPECT_TRUE(verdict->clauses[0].matched);
    EXPECT_EQ(verdict->clauses[1].path, "data.n");
    EXPECT_EQ(verdict->clauses[1].op, "$gt");
    EXPECT_FALSE(verdict->clauses[1].matched);
}

TEST_F(FilterTestsTest, TriesTheNewestEventsOfTheTenantOverSeveralPages) {
    for (int number = 0; number < 30; ++number) store(number);
    store(99, "t2");
    const auto matches = newest(R"({"data":{"n":{"$gte":28}}})", 25);
    ASSERT_TRUE(matches.has_value());
    ASSERT_EQ(matches->size(), 25U);
    for (std::size_t i = 0; i < matches->size(); ++i) {
        EXPECT_EQ((*matches)[i].event_id, EventId(fmt::format("t1-e{}", 29 - i)));
        EXPECT_EQ((*matches)[i].matches, i < 2) << i;
    }
    EXPECT_EQ(newest("{}", 100)->size(), 30U) << "no more than there are";
}

TEST_F(FilterTestsTest, RefusesWhatItDoesNotKnow) {
    EXPECT_EQ(newest("{}", 1, "d2").error(), (Refusal{RefusalKind::not_found, "destination not found", {}}));
    EXPECT_EQ(newest("{}", 1, "d1", "ghost").error(), (Refusal{RefusalKind::not_found, "tenant not found", {}}));
    const Refusal invalid{
        RefusalKind::invalid, "validation error", {"filter is invalid: filter at data.a: unknown operator $near"}};
    EXPECT_EQ(newest(R"({"data":{"a":{"$near":1}}})", 1).error(), invalid);
    EXPECT_EQ(run(tests.explain(R"({"data":{"a":{"$near":1}}})", an_event("e", "{}"))).error(), invalid);
}

}  // namespace
}  // namespace outpost::manage
