// A person stops the pending retries (portal.md §15a N11). The races with what is on its way stand in
// redeliver_test.cpp and in the simulation.
#include "pipeline/testing/pipeline_fixture.hpp"

#include <gtest/gtest.h>

namespace outpost::pipeline {
namespace {

using pipeline::testing::PipelineFixture;
using ports::fakes::LedgerCall;
using ports::fakes::LedgerFault;
using ports::fakes::Reply;

using Answer = std::expected<void, CancelRefusal>;

Answer cancel(PipelineFixture& it, const std::string& event, const std::string& destination = "d1",
              const std::string& tenant = "t1") {
    return it.stage.await(it.process->canceller(0).cancel(TenantId(tenant), EventId(event), DestinationId(destination),
                                                          Deadline::after(it.stage.clock(), 10s)));
}

TEST(Cancel, StopsThePendingRetriesOfOneEventAtOneDestination) {
    PipelineFixture it;
    it.create_destination("d2");
    it.destination.always(Reply::failure());
    it.publish("user.created", {.id = "e1"});
    it.publish("user.created", {.id = "e2"});
    ASSERT_TRUE(cancel(it, "e1").has_value());
    it.destination.always(Reply::success());
    it.clock.advance(24h);
    EXPECT_EQ(it.attempts_of(EventId("e1"), "d1").size(), 1U);
    EXPECT_EQ(it.attempts_of(EventId("e1"), "d2").size(), 2U);
    EXPECT_EQ(it.attempts_of(EventId("e2"), "d1").size(), 2U);
    ASSERT_EQ(it.decisions().size(), 1U);
    EXPECT_EQ(it.decisions()[0].kind, ports::DecisionKind::cancelled);
    EXPECT_EQ(it.decisions()[0].reason, "requested");
}

TEST(Cancel, IsGrantedWhenNothingIsOpen) {  // design.md §2: closed → nothing, 200
    PipelineFixture it;
    it.create_destination("d2", {.topics = {"order.paid"}});
    it.publish("user.created", {.id = "e1"});
    EXPECT_TRUE(cancel(it, "e1").has_value()) << "delivered";
    EXPECT_TRUE(cancel(it, "e1", "d2").has_value()) << "never for this destination";
    EXPECT_EQ(it.open(), 0U);
}

TEST(Cancel, RefusesWhatTheTenantDoesNotHave) {
    PipelineFixture it;
    it.create_destination("d1", {.tenant = "t2"});
    it.publish("user.created", {.id = "e1"});
    EXPECT_EQ(cancel(it, "e9"), Answer(std::unexpected(CancelRefusal::event_not_found)));
    EXPECT_EQ(cancel(it, "e1", "d1", "t2"), Answer(std::unexpected(CancelRefusal::event_not_found)));
    EXPECT_EQ(cancel(it, "e1", "d9"), Answer(std::unexpected(CancelRefusal::destination_not_found)));
    it.delete_destination("d1");
    EXPECT_EQ(cancel(it, "e1"), Answer(std::unexpected(CancelRefusal::destination_not_found)));
}

TEST(Cancel, OfWhatWaitsElsewhereIsForgottenWhenItCantBeStored) {
    PipelineFixture it;
    it.destination.fails_times(1);
    it.publish("user.created", {.id = "e1"});
    it.ledger.next(LedgerCall::decide, LedgerFault::fail);
    EXPECT_EQ(cancel(it, "e1"), Answer(std::unexpected(CancelRefusal::unavailable)));
    it.clock.advance(24h);
    EXPECT_EQ(it.attempts_of(EventId("e1")).size(), 2U);
}

}  // namespace
}  // namespace outpost::pipeline
