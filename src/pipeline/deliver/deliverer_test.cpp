#include "pipeline/testing/pipeline_fixture.hpp"

#include <gtest/gtest.h>

namespace outpost::pipeline {
namespace {

using pipeline::testing::PipelineFixture;
using ports::DecisionKind;
using ports::fakes::LedgerCall;
using ports::fakes::LedgerFault;
using ports::fakes::Reply;
using enum model::AttemptStatus;

std::vector<Milliseconds> gaps_between(const std::vector<ports::fakes::Sent>& sent) {
    std::vector<Milliseconds> gaps;
    for (std::size_t i = 1; i < sent.size(); ++i) gaps.push_back(sent[i].time - sent[i - 1].time);
    return gaps;
}

// ---- what is not sent

TEST(Deliverer, SkipsADeliveryWhoseDestinationIsGoneOrDisabled) {  // decision B10
    struct Case {
        std::string reason;
        std::function<void(PipelineFixture&)> change;
    };
    const std::vector<Case> cases = {
        {"destination_deleted", [](PipelineFixture& it) { it.delete_destination("d1"); }},
        {"destination_disabled", [](PipelineFixture& it) { it.set_disabled("d1", true); }},
        {"destination_deleted",
         [](PipelineFixture& it) {
             it.delete_destination("d1");
             it.create_destination("d1");  // another incarnation
         }},
    };
    for (const Case& row : cases) {
        PipelineFixture it;
        it.destination.fails_times(1);
        it.publish("user.created");
        row.change(it);
        it.clock.advance(24h);
        EXPECT_EQ(it.attempts(), 1U);
        ASSERT_EQ(it.decisions().size(), 1U);
        EXPECT_EQ(it.decisions()[0].kind, DecisionKind::skipped);
        EXPECT_EQ(it.decisions()[0].reason, row.reason);
        EXPECT_EQ(it.open(), 0U);
    }
}

TEST(Deliverer, ASkipThatCouldNotBeStoredIsTriedAgain) {
    for (const LedgerFault fault : {LedgerFault::fail, LedgerFault::lose_reply, LedgerFault::answer_late}) {
        PipelineFixture it;
        it.destination.fails_times(1);
        it.publish("user.created");
        it.set_disabled("d1", true);
        it.ledger.next(LedgerCall::decide, fault, 2);
        it.clock.advance(24h);
        EXPECT_EQ(it.attempts(), 1U);
        EXPECT_GE(it.decisions().size(), 1U);
        EXPECT_EQ(it.open(), 0U);
    }
}

TEST(Deliverer, NothingIsSentWhoseResultCouldNotBeKept) {  // design.md §4 "Failure"
    PipelineFixture it;
    it.destination.fails_times(1);
    it.publish("user.created");
    it.ledger.go_down("no space left");
    it.clock.advance(1h);
    EXPECT_EQ(it.sent().size(), 1U);
    it.ledger.heal();
    it.clock.advance(60s);
    EXPECT_EQ(it.sent().size(), 2U);
    EXPECT_EQ(it.open(), 0U);
}

// ---- our own trouble

TEST(Deliverer, OurOwnTroubleSpendsNoAttemptAndBacksOffCapped) {  // decision B11
    PipelineFixture it;
    it.destination.next(Reply::our_fault(), 8);
    const auto receipt = it.publish("user.created");
    it.clock.advance(1h);
    EXPECT_EQ(gaps_between(it.sent()), (std::vector<Milliseconds>{1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s}));
    const auto attempts = it.attempts_of(receipt.id);
    ASSERT_EQ(attempts.size(), 1U);
    EXPECT_EQ(attempts[0].number, 1U);
    EXPECT_EQ(attempts[0].status, success);
}

TEST(Deliverer, TheBackOffStartsAnewAfterAnAttempt) {
    PipelineFixture it;
    it.destination.next(Reply::our_fault(), 3);
    it.destination.next(Reply::failure());
    it.destination.next(Reply::our_fault(), 2);
    it.publish("user.created");
    it.clock.advance(1h);
    EXPECT_EQ(gaps_between(it.sent()), (std::vector<Milliseconds>{1s, 2s, 4s, 30s, 1s, 2s}));
}

TEST(Deliverer, AnExceptionOfOursGivesTheDeliveryBack) {
    auto throws = std::make_shared<int>(1);
    PipelineFixture it({.random = [throws]() -> double {
        if (--*throws >= 0) throw std::runtime_error("a bug of ours");
        return 0;
    }});
    const auto receipt = it.publish("user.created");
    EXPECT_EQ(it.attempts(), 0U);
    it.clock.advance(1s);
    EXPECT_EQ(it.attempts_of(receipt.id).size(), 1U);
    EXPECT_EQ(it.open(), 0U);
}

// ---- what a destination's code may do

TEST(Deliverer, AnExceptionFailsThatAttemptAndNothingElse) {  // decision B12
    PipelineFixture it;
    it.destination.next(Reply::exception());
    const auto receipt = it.publish("user.created");
    ASSERT_EQ(it.attempts(), 1U);
    EXPECT_EQ(it.attempts_of(receipt.id)[0].status, failed);
    EXPECT_EQ(it.attempts_of(receipt.id)[0].code, "internal_error");
    it.clock.advance(30s);
    EXPECT_EQ(it.attempts_of(receipt.id).back().status, success);
}

TEST(Deliverer, AConfigurationThatCantWorkIsAFailedAttempt) {  // pipeline.md §7.3
    PipelineFixture it;
    for (auto& provider : it.providers) provider->refuse_to_open("config.url: invalid");
    const auto receipt = it.publish("user.created");
    ASSERT_EQ(it.attempts(), 1U);
    const model::Attempt attempt = it.attempts_of(receipt.id)[0];
    EXPECT_EQ(attempt.code, "ERR");
    EXPECT_EQ(attempt.response_data, R"({"error":"failed to create publisher: validation failed"})");
    for (auto& provider : it.providers) provider->refuse_to_open("");
    it.clock.advance(30s);
    EXPECT_EQ(it.attempts_of(receipt.id).back().status, success);
}

TEST(Deliverer, APermanentFailureEndsTheDelivery) {  // decision B5
    PipelineFixture it;
    it.destination.next(Reply::failure("410").permanently());
    it.publish("user.created");
    it.clock.advance(24h);
    EXPECT_EQ(it.attempts(), 1U);
    EXPECT_EQ(it.open(), 0U);
}

TEST(Deliverer, WaitsAsLongAsTheReceiverAsks) {  // decision B4
    PipelineFixture it;
    it.destination.next(Reply::failure("429").asks_to_wait(10min));
    it.publish("user.created");
    it.clock.advance(10min - 1ms);
    EXPECT_EQ(it.attempts(), 1U);
    it.clock.advance(1ms);
    EXPECT_EQ(it.attempts(), 2U);
}

// ---- what the owner of a destination allows

TEST(Deliverer, ADestinationsOwnTimeoutEndsItsAttempts) {
    PipelineFixture it;
    it.delete_destination("d1");
    it.create_destination("slow", {.config = {{"timeout_seconds", "60"}}});
    it.destination.next(Reply::success().after(30s));  // longer than the operator's five seconds
    it.publish("user.created");
    it.clock.advance(29s);
    EXPECT_EQ(it.attempts(), 0U);
    it.clock.advance(1s);
    EXPECT_EQ(it.attempts(), 1U);
    EXPECT_EQ(it.recorded().at(0).attempt.status, success);
}

TEST(Deliverer, ADestinationsOwnRateDelaysAndDropsNothing) {  // hard-cases T-44
    PipelineFixture it;
    it.delete_destination("d1");
    it.create_destination("gentle", {.config = {{"rate_limit_per_second", "2"}}});
    for (int i = 0; i < 9; ++i) it.publish("user.created");
    it.clock.advance(2s);
    EXPECT_GE(it.attempts(), 4U);
    EXPECT_LE(it.attempts(), 6U);  // the very first one is sent before the limit is known
    it.clock.advance(10s);
    EXPECT_EQ(it.attempts(), 9U);
}

TEST(Deliverer, ADurationDoesNotDependOnTheWallClock) {  // hard-cases T-16
    for (const Milliseconds jump : {Milliseconds(1h), Milliseconds(-1h)}) {
        PipelineFixture it;
        it.destination.next(Reply::success().after(2s));
        const auto receipt = it.publish("user.created");
        it.clock.advance(1s);
        it.clock.jump(jump);
        it.clock.advance(1s);
        ASSERT_EQ(it.attempts(), 1U);
        EXPECT_EQ(it.attempts_of(receipt.id)[0].duration, 2s);
    }
}

// ---- the settlement

TEST(Deliverer, ASettlementIsWrittenUntilItIsDurableUnderOneAttemptId) {  // decisions B8, B11
    for (const LedgerFault fault : {LedgerFault::fail, LedgerFault::lose_reply, LedgerFault::answer_late}) {
        PipelineFixture it;
        it.destination.fails_times(1);
        it.ledger.next(LedgerCall::settle, fault, 5);
        const auto receipt = it.publish("user.created");
        it.clock.advance(1h);
        const auto attempts = it.attempts_of(receipt.id);
        ASSERT_EQ(attempts.size(), 2U) << "the repetitions of a settlement are one fact";
        EXPECT_EQ(attempts[0].number, 1U);
        EXPECT_EQ(attempts[1].number, 2U);
        EXPECT_EQ(it.sent().size(), 2U) << "a send is never repeated because its result could not be stored";
        EXPECT_EQ(it.open(), 0U);
    }
}

TEST(Deliverer, ADeliveryIsNotSentAgainWhileTheReplyToItsSettlementIsMissing) {
    PipelineFixture it;
    it.destination.next(Reply::failure());
    it.destination.always(Reply::success().after(1s));
    it.ledger.next(LedgerCall::settle, LedgerFault::lose_reply);
    it.publish("user.created");
    it.clock.advance(1h);
    EXPECT_EQ(it.sent().size(), 2U);
    EXPECT_EQ(it.destination.most_in_flight(), 1U);
    EXPECT_EQ(it.open(), 0U);
}

TEST(Deliverer, ARetryAskedForWhileTheResultCantBeStoredGoesIntoTheFact) {
    PipelineFixture it;
    it.ledger.next(LedgerCall::settle, LedgerFault::fail);
    const auto receipt = it.publish("user.created");
    const auto asked = it.start_retry(receipt.id);
    it.clock.advance(1h);
    EXPECT_TRUE(asked->has_value() && (*asked)->has_value());
    const auto attempts = it.attempts_of(receipt.id);
    ASSERT_EQ(attempts.size(), 2U);
    EXPECT_FALSE(attempts[0].manual);
    EXPECT_TRUE(attempts[1].manual);
}

TEST(Deliverer, ARetryAskedForWhileTheReplyIsMissingIsNotLost) {
    for (const LedgerFault fault : {LedgerFault::lose_reply, LedgerFault::answer_late}) {
        PipelineFixture it;
        it.ledger.next(LedgerCall::settle, fault);
        const auto receipt = it.publish("user.created");
        const auto asked = it.start_retry(receipt.id);
        it.clock.advance(1h);
        EXPECT_TRUE(asked->has_value() && (*asked)->has_value());
        const auto attempts = it.attempts_of(receipt.id);
        ASSERT_EQ(attempts.size(), 2U);
        EXPECT_TRUE(attempts[1].manual);
        EXPECT_EQ(attempts[1].number, 2U);
        EXPECT_EQ(it.destination.most_in_flight(), 1U);
        EXPECT_EQ(it.open(), 0U);
    }
}

TEST(Deliverer, ACancellationWhileTheResultIsBeingStoredAllowsNoFurtherAttempt) {
    for (const LedgerFault fault : {LedgerFault::fail, LedgerFault::lose_reply, LedgerFault::answer_late}) {
        PipelineFixture it;
        it.destination.fails_times(1);
        it.ledger.next(LedgerCall::settle, fault);
        const auto receipt = it.publish("user.created");
        ASSERT_TRUE(it.cancel(receipt.id).has_value());
        it.clock.advance(24h);
        EXPECT_EQ(it.attempts_of(receipt.id).size(), 1U);
        EXPECT_EQ(it.open(), 0U);
    }
}

TEST(Deliverer, OurOwnTroubleKeepsAPersonsRequest) {
    PipelineFixture it;
    it.destination.next(Reply::our_fault().after(1s));
    const auto receipt = it.publish("user.created");
    ASSERT_TRUE(it.retry(receipt.id).has_value());
    it.clock.advance(10s);
    const auto attempts = it.attempts_of(receipt.id);
    ASSERT_EQ(attempts.size(), 1U);
    EXPECT_TRUE(attempts[0].manual);
}

TEST(Deliverer, ADeliveryCancelledDuringOurOwnTroubleDoesNotComeBack) {
    PipelineFixture it;
    it.destination.next(Reply::our_fault().after(1s));
    const auto receipt = it.publish("user.created");
    ASSERT_TRUE(it.cancel(receipt.id).has_value());
    it.clock.advance(24h);
    EXPECT_EQ(it.sent().size(), 1U);
    EXPECT_EQ(it.open(), 0U);
}

// ---- what is kept of a request (portal.md §15a N7)

TEST(Deliverer, AsksForTheRequestOfAFailureAndOfAPersonsAttempt) {
    PipelineFixture it;
    ports::fakes::Reply failure = Reply::failure("503");
    failure.outcome.trace = R"({"request":{}})";
    it.destination.next(failure);
    const EventId id = it.publish("user.created").id;
    it.clock.advance(1h);
    ASSERT_EQ(it.attempts(), 2U);
    EXPECT_EQ(it.recorded()[0].attempt.trace, R"({"request":{}})");
    EXPECT_EQ(it.recorded()[1].attempt.trace, "");
    EXPECT_TRUE(it.retry(id).has_value());
    ASSERT_EQ(it.sent().size(), 3U);
    EXPECT_EQ(it.sent()[0].trace, model::TraceWish::failed);
    EXPECT_EQ(it.sent()[1].trace, model::TraceWish::failed);
    EXPECT_EQ(it.sent()[2].trace, model::TraceWish::all);
}

}  // namespace
}  // namespace outpost::pipeline
