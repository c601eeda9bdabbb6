#include "pipeline/watch/health.hpp"

#include "pipeline/testing/pipeline_fixture.hpp"
#include "ports/fakes/memory_health.hpp"

#include <gtest/gtest.h>

namespace outpost::pipeline {
namespace {

using pipeline::testing::PipelineFixture;
using ports::fakes::Reply;

class HealthTest : public ::testing::Test {
protected:
    DestinationStatus of(const std::string& id, const std::string& tenant = "t1") {
        it.stage.run();
        auto status = it.stage.await(health.of(TenantId(tenant), DestinationId(id), Deadline::never()));
        if (!status) throw std::runtime_error(status.error().describe());
        return *std::move(status);
    }
    std::vector<std::string> listed(std::vector<DestinationId> only = {}) {
        const auto all = it.stage.await(health.of_tenant(TenantId("t1"), std::move(only), Deadline::never()));
        std::vector<std::string> ids;
        for (const DestinationStatus& status : *all) ids.push_back(status.id.value);
        return ids;
    }

    PipelineFixture it;
    ports::fakes::MemoryHealth backlogs{it.world.truth};
    Health health{it.world.tenants, it.world.log, backlogs, it.stage.clock()};
};

TEST_F(HealthTest, OfADestinationThatWasNeverSentToIsNew) {
    const DestinationStatus status = of("d1");
    EXPECT_EQ(status.state, HealthState::fresh);
    EXPECT_EQ(status.watched, Watched{});
    EXPECT_EQ(status.backlog, ports::Backlog{});
}

TEST_F(HealthTest, FollowsTheAttempts) {
    it.destination.next(Reply::failure("503"));
    const TimePoint published = it.clock.now();
    it.publish("user.created");
    DestinationStatus status = of("d1");
    EXPECT_EQ(status.state, HealthState::degraded);
    EXPECT_EQ(status.backlog.consecutive_failures, 1U);
    EXPECT_EQ(status.watched.last_failure_code, "503");
    EXPECT_EQ(status.backlog.pending_retries, 1U);
    EXPECT_EQ(status.backlog.oldest_received_at, published);
    EXPECT_EQ(status.backlog.next_retry_at, published + 30s);
    it.clock.advance(30s);
    status = of("d1");
    EXPECT_EQ(status.state, HealthState::healthy);
    EXPECT_EQ(status.backlog.consecutive_failures, 0U);
    EXPECT_EQ(status.watched.last_failure_at, published);
    EXPECT_EQ(status.backlog, ports::Backlog{});
    it.set_disabled("d1", true);
    EXPECT_EQ(of("d1").state, HealthState::disabled);
}

TEST_F(HealthTest, TellsWhoDisabledIt) {
    auto stored =
        *it.stage.await(it.world.tenants.get_destination(TenantId("t1"), DestinationId("d1"), Deadline::never()));
    stored.destination.disabled_at = it.clock.now();
    stored.destination.disabled_reason = kDisabledByFailures;
    ASSERT_TRUE(
        it.stage.await(it.world.tenants.update_destination(stored.destination, stored.version, Deadline::never())));
    EXPECT_EQ(of("d1").state, HealthState::disabled_automatically);
    it.set_disabled("d1", false);
    it.set_disabled("d1", true);
    EXPECT_EQ(of("d1").state, HealthState::disabled) << "a person did, this time";
}

TEST_F(HealthTest, TakesTheCountOfFailuresFromTheLedgersSide) {
    it.publish("user.created");
    it.destination.always(Reply::failure());
    for (std::size_t i = 0; i < kHealthAttemptsMax + 5; ++i) {
        it.clock.advance(1ms);
        it.publish("user.created", {.eligible_for_retry = false});
    }
    const DestinationStatus status = of("d1");
    EXPECT_EQ(status.state, HealthState::failing);
    EXPECT_EQ(status.backlog.consecutive_failures, kHealthAttemptsMax + 5);
    EXPECT_EQ(status.watched.last_success_at, std::nullopt) << "it lies further back";
}

TEST_F(HealthTest, ADestinationCreatedAnewStartsAnew) {
    it.destination.always(Reply::failure());
    it.publish("user.created");
    it.delete_destination("d1");
    it.clock.advance(1s);
    it.create_destination("d1");
    EXPECT_EQ(of("d1").state, HealthState::fresh);
    EXPECT_EQ(of("d1").backlog, ports::Backlog{});
}

TEST_F(HealthTest, ShowsWhatHasWaitedOverAnHourForItsTurn) {  // decision B23
    struct Fixed final : ports::DestinationHealth {
        Task<Result<std::vector<ports::Backlog>>> backlogs(std::vector<model::DestinationKey>, Deadline) override {
            co_return std::vector<ports::Backlog>{backlog};
        }
        ports::Backlog backlog;
    } fixed;
    const TimePoint due = it.clock.now();
    fixed.backlog = {.pending = 1, .first_due_at = due};
    Health over_it(it.world.tenants, it.world.log, fixed, it.stage.clock());
    const auto ask = [&] {
        return *it.stage.await(over_it.of(TenantId("t1"), DestinationId("d1"), Deadline::never()));
    };
    it.clock.advance(1h);
    EXPECT_EQ(ask().waiting_since, std::nullopt);
    it.clock.advance(1ms);
    EXPECT_EQ(ask().waiting_since, due);
    EXPECT_EQ(ask().state, HealthState::degraded);
}

TEST_F(HealthTest, ListsADestinationsTenantInTheOrderOfItsList) {
    it.clock.advance(1ms);
    it.create_destination("d0");
    it.create_destination("other", {.tenant = "t2"});
    EXPECT_EQ(listed(), (std::vector<std::string>{"d1", "d0"}));
    EXPECT_EQ(listed({DestinationId("d0"), DestinationId("nobody")}), std::vector<std::string>{"d0"});
    const auto missing = it.stage.await(health.of(TenantId("t1"), DestinationId("other"), Deadline::never()));
    ASSERT_FALSE(missing.has_value());
    EXPECT_EQ(missing.error().code(), Errc::not_found);
}

TEST_F(HealthTest, AnswersForABoundedNumberOfDestinations) {
    for (std::size_t i = 1; i <= kHealthDestinationsMax; ++i) it.create_destination(fmt::format("m{}", i));
    EXPECT_EQ(listed().size(), kHealthDestinationsMax);
    const std::string last = fmt::format("m{}", kHealthDestinationsMax);
    EXPECT_EQ(listed({DestinationId(last)}), std::vector<std::string>{last});
}

}  // namespace
}  // namespace outpost::pipeline
