#include "ports/fakes/faulty_ledger.hpp"

#include "ports/conformance/fixture.hpp"
#include "ports/conformance/population.hpp"
#include "ports/fakes/memory_world.hpp"

#include <fmt/format.h>

namespace outpost::ports::fakes {
namespace {

using Batch = Result<std::vector<Accepted>>;

Task<bool> stopped(MemoryLedger* ledger) {
    co_await ledger->stop();
    co_return true;
}

class FaultyLedgerTest : public testing::Test, public conformance::Fixture {
protected:
    FaultyLedgerTest() : world(clock(), shards()), faulty(world.ledger, clock()), population(*this) {
        subscribe_sinks(faulty);
    }
    ~FaultyLedgerTest() override {
        Fixture::run();
        await(stopped(&world.ledger));
    }
    Ledger& ledger() override { return faulty; }
    LogReader& log() override { return world.log; }
    TenantStore& tenants() override { return world.tenants; }

    std::shared_ptr<std::optional<Batch>> begin_accept(std::string id, Deadline deadline = Deadline::never()) {
        std::vector<Acceptance> batch;
        batch.push_back(population.acceptance({.id = EventId(std::move(id))}, {}));
        auto call = start(faulty.accept(std::move(batch), deadline));
        Fixture::run();
        return call;
    }
    Batch accept(std::string id) { return finish(begin_accept(std::move(id))); }
    bool is_stored(const std::string& id) { return world.truth.newest(1, EventId(id)).has_value(); }
    Deadline in(MonotonicTime::duration wait) { return Deadline::after(clock(), wait); }

    MemoryWorld world;
    FaultyLedger faulty;
    conformance::Population population;
};

TEST_F(FaultyLedgerTest, PassesEverythingThroughWithoutFaults) {
    EXPECT_TRUE(accept("e1").has_value());
    EXPECT_TRUE(is_stored("e1"));
    EXPECT_TRUE(faulty.ready().has_value());
    EXPECT_EQ(faulty.injected(), 0U);
}

TEST_F(FaultyLedgerTest, FailsAsOftenAsScripted) {
    faulty.next(LedgerCall::accept, LedgerFault::fail, 2);
    EXPECT_EQ(accept("e1").error().code(), Errc::unavailable);
    EXPECT_EQ(accept("e1").error().code(), Errc::unavailable);
    EXPECT_FALSE(is_stored("e1"));
    EXPECT_TRUE(accept("e1").has_value());
    EXPECT_EQ(faulty.injected(), 2U);
}

TEST_F(FaultyLedgerTest, ScriptsEachKindOfCallByItself) {
    faulty.next(LedgerCall::settle, LedgerFault::fail);
    EXPECT_TRUE(accept("e1").has_value());
    std::vector<Settlement> settlements{
        {.event = conformance::an_event({}, clock().now()), .attempt = {.id = AttemptId("a1")}}};
    const auto settled = await(faulty.settle(settlements, Deadline::never()));
    EXPECT_EQ(settled.error().code(), Errc::unavailable);
    EXPECT_TRUE(world.truth.attempts().empty());
    faulty.next(LedgerCall::decide, LedgerFault::fail);
    const auto decided = await(faulty.decide({}, Deadline::never()));
    EXPECT_EQ(decided.error().code(), Errc::unavailable);
}

TEST_F(FaultyLedgerTest, DelaysACallAndThenDoesIt) {
    faulty.set_delay(5s);
    faulty.next(LedgerCall::accept, LedgerFault::delay);
    const auto call = begin_accept("e1");
    advance(4s);
    EXPECT_FALSE(call->has_value());
    EXPECT_FALSE(is_stored("e1"));
    advance(1s);
    ASSERT_TRUE(call->has_value());
    EXPECT_TRUE((*call)->has_value());
    EXPECT_TRUE(is_stored("e1"));
}

TEST_F(FaultyLedgerTest, DoesTheWorkAfterTheDeadlineAndAnswersTimeout) {
    faulty.next(LedgerCall::accept, LedgerFault::answer_late);
    const auto call = begin_accept("e1", in(3s));
    advance(2s);
    EXPECT_FALSE(is_stored("e1"));
    EXPECT_FALSE(call->has_value());
    advance(1s);
    ASSERT_TRUE(call->has_value());
    EXPECT_EQ((*call)->error().code(), Errc::timeout);
    EXPECT_TRUE(is_stored("e1"));
}

TEST_F(FaultyLedgerTest, DoesTheWorkAtOnceAndLosesTheReply) {
    faulty.next(LedgerCall::accept, LedgerFault::lose_reply);
    const auto call = begin_accept("e1", in(3s));
    EXPECT_TRUE(is_stored("e1"));
    EXPECT_FALSE(call->has_value());
    advance(3s);
    ASSERT_TRUE(call->has_value());
    EXPECT_EQ((*call)->error().code(), Errc::timeout);
    const auto again = accept("e1");  // publishing again with the same id is safe
    ASSERT_TRUE(again.has_value());
    EXPECT_TRUE(again->at(0).duplicate);
}

TEST_F(FaultyLedgerTest, StaysDownUntilItIsHealed) {
    faulty.go_down("disk full");
    EXPECT_EQ(faulty.ready().error().text(), "disk full");
    for (int times = 0; times < 3; ++times) EXPECT_EQ(accept("e1").error().code(), Errc::unavailable);
    faulty.heal();
    EXPECT_TRUE(faulty.ready().has_value());
    EXPECT_TRUE(accept("e1").has_value());
}

TEST_F(FaultyLedgerTest, FailsByChanceTheSameWayForTheSameSeed) {
    const auto failures = [&](std::uint64_t seed, const std::string& prefix) {
        faulty.at_rates({.fail = 0.5}, seed);
        std::string pattern;
        for (int number = 0; number < 40; ++number)
            pattern += accept(fmt::format("{}{}", prefix, number)).has_value() ? '.' : 'x';
        return pattern;
    };
    const std::string first = failures(1, "a");
    EXPECT_EQ(failures(1, "b"), first);
    EXPECT_NE(failures(2, "c"), first);
    EXPECT_GT(std::ranges::count(first, 'x'), 8);
    EXPECT_GT(std::ranges::count(first, '.'), 8);
    faulty.heal();
    EXPECT_TRUE(accept("healed").has_value());
}

}  // namespace
}  // namespace outpost::ports::fakes
