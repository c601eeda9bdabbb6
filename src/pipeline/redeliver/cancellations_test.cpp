#include "pipeline/redeliver/cancellations.hpp"

#include "pipeline/testing/pipeline_fixture.hpp"

#include <gtest/gtest.h>

namespace outpost::pipeline {
namespace {

using pipeline::testing::PipelineFixture;
using ports::fakes::LedgerCall;
using ports::fakes::LedgerFault;
using ports::fakes::Reply;

/// Another event holds the only place; `receipt` waits in the queue, and the ledger fails when it is cancelled.
class UnstoredCancellation : public ::testing::Test {
protected:
    UnstoredCancellation() {
        it.destination.next(Reply::success().after(10s));
        it.publish("user.created");
        receipt = it.publish("user.created");
        it.ledger.next(LedgerCall::decide, LedgerFault::fail);
        const auto answer = it.cancel(receipt.id);
        EXPECT_FALSE(answer.has_value());
    }
    PipelineFixture it{{.dispatch = {.concurrency_max = 1, .concurrency_per_destination_max = 1}}};
    PublishReceipt receipt;
};

TEST_F(UnstoredCancellation, IsDecidedLaterAllTheSame) {
    it.clock.advance(2s);
    ASSERT_EQ(it.decisions().size(), 1U);
    EXPECT_EQ(it.decisions()[0].kind, ports::DecisionKind::cancelled);
    it.clock.advance(24h);
    EXPECT_EQ(it.attempts_of(receipt.id).size(), 0U);
    EXPECT_EQ(it.open(), 0U);
}

TEST_F(UnstoredCancellation, LetsNothingBePromisedMeanwhile) {
    const auto retried = it.retry(receipt.id);
    ASSERT_FALSE(retried.has_value());
    EXPECT_EQ(retried.error(), RetryRefusal::unavailable);
    EXPECT_FALSE(it.cancel(receipt.id).has_value());
    it.clock.advance(2s);
    EXPECT_TRUE(it.cancel(receipt.id).has_value());
    ASSERT_TRUE(it.retry(receipt.id).has_value());
    it.clock.advance(24h);
    EXPECT_EQ(it.attempts_of(receipt.id).size(), 1U);
}

TEST_F(UnstoredCancellation, IsTriedUntilTheLedgerIsWell) {
    it.ledger.go_down("no space left");
    it.clock.advance(10min);
    EXPECT_EQ(it.open(), 2U);
    it.ledger.heal();
    it.clock.advance(1min);
    EXPECT_EQ(it.attempts_of(receipt.id).size(), 0U);
    EXPECT_EQ(it.open(), 0U);
}

TEST_F(UnstoredCancellation, IsGivenUpWhenTheProcessEnds) {
    it.ledger.go_down("no space left");
    it.stage.await(it.process->stop(Deadline(it.stage.clock().monotonic())));
    EXPECT_EQ(it.open(), 2U) << "what was not stored is due again at the next start";
}

}  // namespace
}  // namespace outpost::pipeline
