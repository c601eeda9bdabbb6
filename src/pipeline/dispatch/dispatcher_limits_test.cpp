// What the owner of a destination allows: hard-cases T-44; throttled, never dropped.
#include "pipeline/dispatch/dispatcher_fixture.hpp"

namespace outpost::pipeline {
namespace {

using Way = HeldWorker::Way;
using namespace std::chrono_literals;

class Limited : public DispatcherTest {
protected:
    void limit_rate(std::uint32_t per_second) { worker.limits = model::SendLimits{.per_second = per_second}; }
    void limit_concurrency(std::uint32_t most) { worker.limits = model::SendLimits{.concurrency_max = most}; }
};

TEST_F(Limited, ARateIsKeptInEverySecondAndNothingIsDropped) {
    worker.way = Way::at_once;
    limit_rate(10);
    offer_many(10, 500);
    for (int second = 1; second <= 50; ++second) {
        const std::size_t before = worker.begun.size();
        stage.advance(1s);
        if (second > 1 && second < 50) EXPECT_EQ(worker.begun.size() - before, 10u) << second;
    }
    ASSERT_EQ(worker.begun.size(), 500u);
    for (std::uint32_t row = 0; row < 500; ++row) EXPECT_EQ(worker.begun[row].key.event.row, row);
}

TEST_F(Limited, ARateHoldsAlsoWhenEachDeliveryComesAlone) {
    worker.way = Way::at_once;
    limit_rate(10);
    for (std::uint32_t row = 0; row < 100; ++row) {
        offer(10, row);
        stage.advance(10ms);  // a hundred a second
    }
    EXPECT_LE(worker.begun.size(), 11u);
    EXPECT_GE(worker.begun.size(), 10u);
    stage.advance(10s);
    EXPECT_EQ(worker.begun.size(), 100u);
}

TEST_F(Limited, OneThatHasRestedIsForgotten) {
    worker.way = Way::at_once;
    limit_rate(10);
    offer(10, 0);
    EXPECT_EQ(dispatcher.lanes(), 1u);
    stage.advance(1s);
    EXPECT_EQ(dispatcher.lanes(), 0u);
}

TEST_F(Limited, OthersDoNotWaitForOneThatIsLimited) {
    limit_rate(1);
    offer_many(10, 5);
    worker.limits = model::SendLimits{};
    offer_many(20, 4);
    EXPECT_EQ(destinations_begun(), (std::vector<std::uint32_t>{10, 20, 20, 20, 20}));
}

TEST_F(Limited, NoMoreRunAtOnceThanItsOwnerAllows) {
    limit_concurrency(1);
    offer_many(10, 20);
    end_all();
    EXPECT_EQ(worker.most, 1u);
    EXPECT_EQ(worker.begun.size(), 20u);
}

TEST_F(Limited, UntilItsLimitsAreKnownOneRunsAtATime) {
    worker.knows_limits = false;
    limit_concurrency(3);
    offer_many(10, 10);
    EXPECT_EQ(worker.running.size(), 1u);
    end(delivery(10, 0).key);
    EXPECT_EQ(worker.running.size(), 3u);
}

TEST_F(Limited, AChangedLimitCountsFromTheNextSend) {
    worker.way = Way::at_once;
    limit_rate(1);
    offer_many(10, 30);
    EXPECT_EQ(worker.begun.size(), 1u);
    worker.limits = model::SendLimits{};
    stage.advance(1s);
    EXPECT_EQ(worker.begun.size(), 30u);
}

TEST_F(Limited, ACancelledDeliveryIsNotSentWhenItsTurnComes) {
    worker.way = Way::at_once;
    limit_rate(1);
    offer_many(10, 3);
    EXPECT_EQ(dispatcher.request_cancel(delivery(10, 1).key), Dispatcher::Place::queued);
    stage.advance(5s);
    ASSERT_EQ(worker.begun.size(), 2u);
    EXPECT_EQ(worker.begun[1].key.event.row, 2u);
    EXPECT_EQ(dispatcher.lanes(), 0u);
}

TEST_F(Limited, StoppingDoesNotWaitForTheRate) {
    worker.way = Way::at_once;
    limit_rate(1);
    offer_many(10, 3);
    stage.await(dispatcher.stop(Deadline::never(), stage.clock()));
    EXPECT_EQ(worker.begun.size(), 1u);
}

}  // namespace
}  // namespace outpost::pipeline
