#include "pipeline/dispatch/dispatcher_fixture.hpp"

namespace outpost::pipeline {
namespace {

using enum SendSign;
using Place = Dispatcher::Place;
using Way = HeldWorker::Way;

TEST_F(DispatcherTest, SendsAtOnceWhatFitsTheCapOfItsDestination) {
    offer_many(10, 6);
    EXPECT_EQ(worker.running.size(), AdaptiveCap::kStart);
    EXPECT_EQ(dispatcher.in_flight(), AdaptiveCap::kStart);
    EXPECT_EQ(dispatcher.queued(10), 2U);
}

TEST_F(DispatcherTest, SendsMoreAtOnceWhenTheDestinationAnswers) {
    offer_many(10, 20);
    end(delivery(10, 0).key);
    EXPECT_EQ(worker.running.size(), 8U);
    end(delivery(10, 1).key);
    EXPECT_EQ(worker.running.size(), 16U);
}

TEST_F(DispatcherTest, SendsOneDestinationsDeliveriesInTheOrderOfTheirOffers) {
    offer_many(10, 20);
    end_all();
    ASSERT_EQ(worker.begun.size(), 20U);
    for (std::uint32_t row = 0; row < 20; ++row) EXPECT_EQ(worker.begun[row].key.event.row, row);
    EXPECT_EQ(dispatcher.lanes(), 0U) << "an idle destination that answers is forgotten";
    EXPECT_EQ(dispatcher.payload_bytes(), 0U);
}

class OneAtATime : public DispatcherTest {
protected:
    OneAtATime() : DispatcherTest({.concurrency_max = 1}) {}
};

TEST_F(OneAtATime, TakesTurnsOverTenants) {  // hard-cases T-41
    offer_many(10, 4);
    offer_many(11, 4);
    offer_many(20, 2);
    end_all();
    EXPECT_EQ(destinations_begun(), (std::vector<std::uint32_t>{10, 10, 20, 11, 20, 10, 11, 10, 11, 11}));
    EXPECT_EQ(worker.most, 1U);
}

TEST_F(OneAtATime, AWorkerThatThrowsDoesNotStopTheLane) {  // decision B12
    worker.way = Way::throws;
    offer_many(10, 3);
    EXPECT_EQ(worker.begun.size(), 3U);
    worker.way = Way::held;
    offer(10, 3);
    EXPECT_EQ(worker.running.size(), 1U);
    EXPECT_EQ(dispatcher.payload_bytes(), 0U);
}

TEST_F(OneAtATime, DeliveriesThatEndAtOnceDoNotNest) {  // a full disk: every delivery is given back at once
    offer(10, 0);
    for (std::uint32_t destination = 100; destination < 1100; ++destination) {
        for (std::uint32_t row = 0; row < 64; ++row) dispatcher.offer(delivery(destination, row));
    }
    worker.way = Way::at_once;
    worker.end(delivery(10, 0).key);
    stage.run();
    EXPECT_EQ(worker.begun.size(), 1U + 1000 * 64);
    EXPECT_EQ(dispatcher.lanes(), 0U);
}

class SixteenAtATime : public DispatcherTest {
protected:
    SixteenAtATime() : DispatcherTest({.concurrency_max = 16}) {}
    /// Makes destinations 10, 20, … fall to the floor.
    void kill(std::uint32_t destinations) {
        worker.way = Way::at_once;
        worker.sign = unreachable;
        for (std::uint32_t i = 1; i <= destinations; ++i) offer_many(i * 10, AdaptiveCap::kFallAfter);
        worker.way = Way::held;
        worker.begun.clear();
        worker.most = 0;
    }
};

TEST_F(SixteenAtATime, DestinationsThatDoNotAnswerShareAQuarter) {  // hard-cases T-40
    kill(8);
    for (std::uint32_t i = 1; i <= 8; ++i) offer_many(i * 10, 5);
    EXPECT_EQ(worker.running.size(), 4U);
    for (std::uint32_t i = 0; i < 10; ++i) offer_many(900 + i, 2);
    EXPECT_EQ(worker.running.size(), 16U) << "the healthy ones get the rest";
    const auto healthy = std::ranges::count_if(
        worker.running, [](const model::DeliveryKey& key) { return key.destination.destination >= 900; });
    EXPECT_EQ(healthy, 12);
}

TEST_F(SixteenAtATime, ADestinationThatFellIsSentTwoAtATime) {
    kill(1);
    offer_many(10, 5);
    EXPECT_EQ(worker.running.size(), AdaptiveCap::kFloor);
    end(delivery(10, 0).key);  // it answers
    EXPECT_EQ(worker.running.size(), 4U);
}

TEST_F(SixteenAtATime, OneThatFellKeepsOnePlaceHoweverBusyTheHealthyOnesAre) {
    for (std::uint32_t i = 0; i < 10; ++i) offer_many(900 + i, 4);
    EXPECT_EQ(worker.running.size(), 16U);
    worker.begun.clear();
    // Its five failures come while others wait for every place that becomes free.
    offer_many(10, 20);
    for (int ended = 0; ended < 200 && !worker.running.empty(); ++ended) {
        const model::DeliveryKey key = *worker.running.begin();
        end(key, key.destination.destination == 10 ? unreachable : answered);
    }
    EXPECT_EQ(std::ranges::count(destinations_begun(), 10U), 20);
}

TEST_F(SixteenAtATime, ADestinationThatFellWhileItWaitedForItsTurnCountsAsFallen) {
    // Five dead ones fill the shard, four sends each but the last; all wait for another turn.
    for (std::uint32_t i = 1; i <= 5; ++i) offer_many(i * 10, 12);
    EXPECT_EQ(worker.running.size(), 16U);
    for (int ended = 0; ended < 40; ++ended) end(*worker.running.begin(), unreachable);
    std::map<std::uint32_t, std::size_t> running;
    for (const auto& key : worker.running) ++running[key.destination.destination];
    EXPECT_LE(worker.running.size(), 4U);
}

TEST_F(SixteenAtATime, RemembersBetweenDeliveriesThatADestinationDoesNotAnswer) {
    worker.sign = unreachable;
    worker.way = Way::at_once;
    for (std::uint32_t row = 0; row < AdaptiveCap::kFallAfter; ++row) {
        offer(10, row);
        EXPECT_EQ(dispatcher.in_flight(), 0U);
    }
    worker.way = Way::held;
    for (std::uint32_t row = 10; row < 15; ++row) offer(10, row);
    EXPECT_EQ(worker.running.size(), AdaptiveCap::kFloor);
}

TEST_F(DispatcherTest, RefusesWhatDoesNotFitTheHeadOfAQueueAndAsksForItLater) {
    for (std::uint32_t row = 0; row < AdaptiveCap::kStart + kQueueHeadMax; ++row) EXPECT_TRUE(offer(10, row));
    EXPECT_EQ(dispatcher.queued(10), kQueueHeadMax);
    EXPECT_FALSE(offer(10, 999));
    EXPECT_TRUE(offer(11, 0)) << "another destination has its own head";
    EXPECT_TRUE(ledger.demanded.empty());
    while (dispatcher.queued(10) > 0 && ledger.demanded.empty()) end(*worker.running.begin(), not_tried);
    EXPECT_EQ(ledger.demanded, std::vector{delivery(10, 0).key.destination});
    EXPECT_LE(dispatcher.queued(10), kQueueHeadMax / 2) << "when half of the head is free";
    EXPECT_GE(dispatcher.queued(10), kQueueHeadMax / 2 - 1);
    end_all(not_tried);
    EXPECT_EQ(ledger.demanded.size(), 1U) << "asked once";
}

TEST_F(DispatcherTest, AsksForEveryIncarnationThatWasRefused) {
    for (std::uint32_t row = 0; row < AdaptiveCap::kStart + kQueueHeadMax; ++row) offer(10, row);
    model::Delivery newer = delivery(10, 1);
    newer.key.destination.incarnation = 1;
    EXPECT_FALSE(dispatcher.offer(newer));
    EXPECT_FALSE(offer(10, 999));
    EXPECT_FALSE(offer(10, 1000));
    end_all();
    EXPECT_EQ(ledger.demanded,
              (std::vector<model::DestinationKey>{newer.key.destination, delivery(10, 0).key.destination}));
}

TEST_F(DispatcherTest, BoundsThePayloadsThatWaitButStarvesNobody) {
    const Bytes large(std::string(kPayloadBytesMax / 8, 'x'));
    for (std::uint32_t row = 0; row < 8; ++row) EXPECT_TRUE(offer(10, row, large));
    EXPECT_FALSE(offer(10, 8, large)) << "the budget is spent, and it has others that wait";
    EXPECT_FALSE(offer(10, 9, Bytes("{}")));
    EXPECT_TRUE(offer(11, 0, large)) << "one of a destination always fits";
    while (dispatcher.queued(10) > 0) end(*worker.running.begin(), not_tried);
    ASSERT_FALSE(ledger.demanded.empty());
    EXPECT_TRUE(offer(10, 8, large));
    end_all();
    EXPECT_EQ(dispatcher.payload_bytes(), 0U);
}

// ---- a person's requests, in each place (design.md §2, table of races)

TEST_F(DispatcherTest, ARetryOfADeliveryThatIsElsewhereIsNoneOfItsBusiness) {
    EXPECT_EQ(dispatcher.request_retry(delivery(10, 0).key), Place::elsewhere);
    offer_many(10, 1);
    EXPECT_EQ(dispatcher.request_retry(delivery(10, 7).key), Place::elsewhere);
    EXPECT_EQ(dispatcher.request_cancel(delivery(10, 7).key), Place::elsewhere);
}

TEST_F(DispatcherTest, ARetryOfAQueuedDeliveryMarksItManual) {
    offer_many(10, 5);
    const model::DeliveryKey key = delivery(10, 4).key;
    EXPECT_EQ(dispatcher.request_retry(key), Place::queued);
    EXPECT_EQ(dispatcher.request_retry(key), Place::queued);  // coalesces
    end_all();
    ASSERT_EQ(worker.begun.size(), 5U);
    EXPECT_TRUE(worker.begun[4].manual);
    EXPECT_FALSE(worker.begun[3].manual);
}

TEST_F(DispatcherTest, ARetryOrCancellationDuringAnAttemptReachesItsWorkerAndTheLastOneCounts) {
    offer_many(10, 1);
    const model::DeliveryKey key = delivery(10, 0).key;
    const InFlight& requests = *worker.noted.at(key);
    EXPECT_EQ(requests, InFlight{});
    EXPECT_EQ(dispatcher.request_retry(key), Place::in_flight);
    EXPECT_EQ(requests, (InFlight{.retry_after = true}));
    EXPECT_EQ(dispatcher.request_cancel(key), Place::in_flight);
    EXPECT_EQ(requests, (InFlight{.cancelled = true}));
    EXPECT_EQ(dispatcher.request_retry(key), Place::in_flight);
    EXPECT_EQ(requests, (InFlight{.retry_after = true}));
}

TEST_F(DispatcherTest, ACancellationTakesADeliveryOutOfTheQueue) {
    offer_many(10, 5);
    EXPECT_EQ(dispatcher.request_cancel(delivery(10, 4).key), Place::queued);
    EXPECT_EQ(dispatcher.request_cancel(delivery(10, 4).key), Place::elsewhere);
    end_all();
    EXPECT_EQ(worker.begun.size(), 4U);
    EXPECT_EQ(dispatcher.lanes(), 0U);
}

TEST_F(OneAtATime, CancellationsThatEmptyAQueueMakeRoomForWhatWasRefused) {
    offer(20, 0);  // has the only place
    for (std::uint32_t row = 0; row < kQueueHeadMax; ++row) offer(10, row);
    EXPECT_FALSE(offer(10, 999));
    for (std::uint32_t row = 0; row < kQueueHeadMax; ++row) dispatcher.request_cancel(delivery(10, row).key);
    EXPECT_EQ(ledger.demanded, std::vector{delivery(10, 0).key.destination});
    end(delivery(20, 0).key);
    EXPECT_EQ(dispatcher.lanes(), 0U) << "a lane that has nothing left is forgotten when its turn comes";
}

TEST_F(DispatcherTest, ADeliveryOfferedAnewBeforeItsAttemptWasAnsweredWaitsForThat) {
    // The ledger has stored the settlement, but the reply to it is late or lost.
    offer(10, 0);
    model::Delivery again = delivery(10, 0);
    again.attempts_settled = 1;
    EXPECT_TRUE(dispatcher.offer(again));
    stage.run();
    EXPECT_EQ(worker.begun.size(), 1U);
    EXPECT_EQ(dispatcher.queued(10), 1U);
    EXPECT_EQ(dispatcher.request_retry(again.key), Place::in_flight);
    offer(10, 1);
    EXPECT_EQ(worker.begun.size(), 2U) << "others are not held up";
    end(again.key);
    ASSERT_EQ(worker.begun.size(), 3U);
    EXPECT_EQ(worker.begun[2].attempts_settled, 1U);
    EXPECT_TRUE(worker.begun[2].manual);
    EXPECT_EQ(*worker.noted.at(again.key), InFlight{});
}

TEST_F(DispatcherTest, ACopyThatItsFormerAttemptMadeOutOfDateIsLeftToTheLedger) {
    // Cancelled in flight and asked for again: offered with the attempts of before the one in flight.
    struct Case {
        Worked::End end;
        std::uint32_t attempts_of_the_copy;
        bool is_sent;
    };
    const std::vector<Case> cases = {
        {Worked::End::settled, 0, false},
        {Worked::End::settled, 1, true},
        {Worked::End::given_back, 0, false},  // the ledger offers it when our own trouble is over
        {Worked::End::decided, 0, true},
    };
    std::uint32_t row = 0;
    for (const Case& expected : cases) {
        worker.begun.clear();
        offer(10, ++row);
        model::Delivery copy = delivery(10, row);
        copy.attempts_settled = expected.attempts_of_the_copy;
        dispatcher.offer(copy);
        stage.run();
        end(copy.key, answered, expected.end);
        EXPECT_EQ(worker.begun.size(), expected.is_sent ? 2U : 1U) << row;
        EXPECT_EQ(dispatcher.queued(10), 0U) << row;
        end_all();
    }
    EXPECT_EQ(dispatcher.payload_bytes(), 0U);
}

TEST_F(DispatcherTest, ACopyIsJudgedInALaneThatWasFullToo) {  // decision B8: else its number is given out again
    worker.limits = model::SendLimits{.concurrency_max = 1};
    offer(10, 0);
    offer(10, 0);
    offer(10, 1);
    end(delivery(10, 0).key);
    ASSERT_EQ(worker.begun.size(), 2U);
    EXPECT_EQ(worker.begun[1].key, delivery(10, 1).key);
    EXPECT_EQ(dispatcher.queued(10), 0U);
}

TEST_F(DispatcherTest, ADeliveryThatWaitsForItsFormerAttemptCanBeCancelled) {
    offer(10, 0);
    offer(10, 0);
    EXPECT_EQ(dispatcher.request_cancel(delivery(10, 0).key), Place::in_flight);
    EXPECT_EQ(*worker.noted.at(delivery(10, 0).key), (InFlight{.cancelled = true}));
    end(delivery(10, 0).key, answered, Worked::End::decided);
    EXPECT_EQ(worker.begun.size(), 1U);
    EXPECT_EQ(dispatcher.lanes(), 0U);
}

TEST_F(DispatcherTest, WhatCameBetweenACancellationAndItsDecisionIsDroppedUnlessAPersonAskedForIt) {
    EXPECT_EQ(dispatcher.request_cancel(delivery(10, 9).key), Place::elsewhere);
    offer_many(10, AdaptiveCap::kStart);
    model::Delivery asked_for = delivery(10, 8);
    asked_for.manual = true;
    dispatcher.offer(delivery(10, 9));
    dispatcher.offer(asked_for);
    dispatcher.request_retry(delivery(10, 1).key);
    for (const std::uint32_t row : {0U, 1U, 8U, 9U, 77U}) dispatcher.drop_cancelled(delivery(10, row).key);
    EXPECT_EQ(*worker.noted.at(delivery(10, 0).key), (InFlight{.cancelled = true}));
    EXPECT_EQ(*worker.noted.at(delivery(10, 1).key), (InFlight{.retry_after = true}));
    EXPECT_EQ(dispatcher.queued(10), 1U);
    end_all();
    EXPECT_EQ(worker.begun.back().key, asked_for.key);
}

// ---- stopping (decision D13)

TEST_F(DispatcherTest, StoppingTakesNoMoreAndWaitsForWhatIsInFlight) {
    offer_many(10, 6);
    bool stopped = false;
    const auto stop = [](Dispatcher* stopping, Clock* clock, bool* done) -> Task<bool> {
        co_await stopping->stop(Deadline::after(*clock, 30s), *clock);
        co_return * done = true;
    };
    auto stopping = stage.start(stop(&dispatcher, &stage.clock(), &stopped));
    stage.advance(10s);
    EXPECT_FALSE(stopped);
    EXPECT_FALSE(offer(10, 99));
    end_all();
    stage.advance(1s);
    EXPECT_TRUE(stopped);
    EXPECT_EQ(worker.begun.size(), AdaptiveCap::kStart) << "nothing more was begun";
}

TEST_F(DispatcherTest, StoppingCancelsWhatIsStillInFlightAtItsDeadline) {
    worker.way = Way::sleeps;
    offer_many(10, 2);
    bool stopped = false;
    const auto stop = [](Dispatcher* stopping, Clock* clock, bool* done) -> Task<bool> {
        co_await stopping->stop(Deadline::after(*clock, 30s), *clock);
        co_return * done = true;
    };
    auto stopping = stage.start(stop(&dispatcher, &stage.clock(), &stopped));
    stage.advance(29s);
    EXPECT_FALSE(stopped);
    EXPECT_EQ(worker.running.size(), 2U);
    stage.advance(1s);
    EXPECT_TRUE(stopped);
    EXPECT_TRUE(worker.running.empty());
}

}  // namespace
}  // namespace outpost::pipeline
