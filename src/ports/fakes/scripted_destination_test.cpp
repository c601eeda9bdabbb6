#include "ports/fakes/scripted_destination.hpp"

#include "base/manual_clock.hpp"
#include "base/task_group.hpp"
#include "ports/conformance/population.hpp"

namespace outpost::ports::fakes {
namespace {

using Sending = Result<model::Outcome>;

/// Where a send leaves its result, and what it threw.
struct Slot {
    std::optional<Sending> result;
    std::string thrown;
};

Task<void> send_into(Publisher* publisher, model::Delivery delivery, TimePoint time, Deadline deadline, Slot* slot) {
    try {
        slot->result = co_await publisher->send(std::move(delivery), time, deadline);
    } catch (const std::runtime_error& error) {
        slot->thrown = error.what();
    }
}

class ScriptedDestinationTest : public testing::Test {
protected:
    ScriptedDestinationTest() : provider(script, clock), group(io.get_executor(), "scripted_destination_test") {}
    ~ScriptedDestinationTest() override {
        group.cancel();
        run();
    }

    std::unique_ptr<Publisher> open(const std::string& id) {
        auto stored = std::make_shared<model::StoredDestination>();
        stored->destination = conformance::a_destination(TenantId("t1"), DestinationId(id), clock.now());
        stored->version = 3;
        return std::move(provider.open(stored)).value();
    }
    std::unique_ptr<Slot> begin(Publisher& publisher, std::uint32_t settled = 0, Deadline deadline = {}) {
        auto slot = std::make_unique<Slot>();
        model::Delivery delivery{.key = {{1, 4}, {1, 1, 0}},
                                 .event = conformance::an_event({.id = EventId("e1")}, clock.now()),
                                 .attempts_settled = settled,
                                 .manual = settled > 0};
        group.start(send_into(&publisher, std::move(delivery), clock.now(), deadline, slot.get()));
        run();
        return slot;
    }
    std::string code_of(Publisher& publisher) { return begin(publisher)->result.value()->code; }
    void run() {
        io.restart();
        while (io.poll() > 0) {
        }
    }
    void advance(MonotonicTime::duration by) {
        clock.advance(by);
        run();
    }

    boost::asio::io_context io;
    ManualClock clock;
    DestinationScript script;
    ScriptedDestination provider;
    TaskGroup group;
};

TEST_F(ScriptedDestinationTest, SucceedsWhenNothingIsScripted) {
    const auto publisher = open("d1");
    const auto slot = begin(*publisher);
    ASSERT_TRUE(slot->result.has_value());
    EXPECT_EQ(slot->result->value().status, model::AttemptStatus::success);
    EXPECT_EQ(slot->result->value().code, "200");
}

TEST_F(ScriptedDestinationTest, FailsAsOftenAsScripted) {
    const auto publisher = open("d1");
    script.fails_times(2, "503");
    EXPECT_EQ(code_of(*publisher), "503");
    EXPECT_EQ(code_of(*publisher), "503");
    EXPECT_EQ(code_of(*publisher), "200");
}

TEST_F(ScriptedDestinationTest, PrefersTheScriptOfTheDestination) {
    const auto first = open("d1");
    const auto second = open("d2");
    script.always(Reply::failure("500"));
    script.always(DestinationId("d2"), Reply::failure("410").permanently());
    script.next(DestinationId("d1"), Reply::success("201"));
    EXPECT_EQ(code_of(*first), "201");
    EXPECT_EQ(code_of(*first), "500");
    EXPECT_TRUE(begin(*second)->result.value()->permanent);
}

TEST_F(ScriptedDestinationTest, RecordsEverySend) {
    const auto publisher = open("d1");
    begin(*publisher);
    advance(1s);
    begin(*publisher, 4);
    ASSERT_EQ(script.sent().size(), 2U);
    EXPECT_EQ(script.sent()[0].number, 1U);
    EXPECT_FALSE(script.sent()[0].manual);
    const Sent& sent = script.sent()[1];
    EXPECT_EQ(sent.key, (model::DeliveryKey{{1, 4}, {1, 1, 0}}));
    EXPECT_EQ(sent.event_id.value, "e1");
    EXPECT_EQ(sent.destination_id.value, "d1");
    EXPECT_EQ(sent.version, 3U);
    EXPECT_EQ(sent.number, 5U);
    EXPECT_TRUE(sent.manual);
    EXPECT_EQ(sent.time, clock.now());
    EXPECT_EQ(script.sent_to(DestinationId("d1")).size(), 2U);
    EXPECT_TRUE(script.sent_to(DestinationId("d2")).empty());
}

TEST_F(ScriptedDestinationTest, AnswersAfterItsDelay) {
    const auto publisher = open("d1");
    script.next(Reply::failure("429").after(2s).asks_to_wait(60s));
    const auto slot = begin(*publisher);
    EXPECT_EQ(script.in_flight(), 1U);
    advance(1'999ms);
    EXPECT_FALSE(slot->result.has_value());
    advance(1ms);
    ASSERT_TRUE(slot->result.has_value());
    EXPECT_EQ(slot->result->value().code, "429");
    EXPECT_EQ(slot->result->value().retry_after, Milliseconds(60s));
    EXPECT_EQ(script.in_flight(), 0U);
    EXPECT_EQ(script.most_in_flight(), 1U);
}

TEST_F(ScriptedDestinationTest, TimesOutAtItsDeadline) {
    const auto publisher = open("d1");
    script.next(Reply::success().after(1h));
    const auto slot = begin(*publisher, 0, Deadline::after(clock, 5s));
    advance(5s);
    ASSERT_TRUE(slot->result.has_value());
    EXPECT_EQ(slot->result->value().code, "timeout");
    EXPECT_EQ(slot->result->value().status, model::AttemptStatus::failed);
}

TEST_F(ScriptedDestinationTest, ReportsOurFaultAsAnError) {
    const auto publisher = open("d1");
    script.next(Reply::our_fault("proxy down"));
    const auto slot = begin(*publisher);
    ASSERT_TRUE(slot->result.has_value());
    ASSERT_FALSE(slot->result->has_value());
    EXPECT_EQ(slot->result->error().code(), Errc::unavailable);
    EXPECT_EQ(slot->result->error().text(), "proxy down");
}

TEST_F(ScriptedDestinationTest, ThrowsWhenScripted) {
    const auto publisher = open("d1");
    script.next(Reply::exception("boom"));
    const auto slot = begin(*publisher);
    EXPECT_EQ(slot->thrown, "boom");
    EXPECT_FALSE(slot->result.has_value());
    EXPECT_EQ(script.in_flight(), 0U);
}

TEST_F(ScriptedDestinationTest, EndsWhenItIsCancelled) {
    const auto publisher = open("d1");
    script.next(Reply::success().after(1h));
    const auto slot = begin(*publisher);
    group.cancel();
    run();
    ASSERT_TRUE(slot->result.has_value());
    EXPECT_EQ(slot->result->error().code(), Errc::cancelled);
    EXPECT_EQ(group.size(), 0U);
}

TEST_F(ScriptedDestinationTest, CanRefuseToOpen) {
    provider.refuse_to_open("bad url");
    const auto refused = provider.open(std::make_shared<model::StoredDestination>());
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code(), Errc::invalid);
    provider.refuse_to_open("");
    open("d1");
    EXPECT_EQ(provider.opened(), 1U);
}

}  // namespace
}  // namespace outpost::ports::fakes
