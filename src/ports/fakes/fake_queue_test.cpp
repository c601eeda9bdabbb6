#include "ports/fakes/fake_queue.hpp"

#include "base/manual_clock.hpp"
#include "ports/fakes/fake_retry_schedule.hpp"

#include <set>

namespace outpost::ports::fakes {
namespace {

using Queue = FakeQueue<int>;

TEST(FakeQueueTest, HidesAReceivedMessageForItsVisibilityTimeout) {
    ManualClock clock;
    Queue queue(clock, 30s, {}, 1);
    queue.publish(7);
    EXPECT_TRUE(queue.has_unreceived());
    const auto first = queue.receive();
    ASSERT_TRUE(first.has_value());
    EXPECT_EQ(first->message, 7);
    EXPECT_FALSE(queue.has_unreceived());
    EXPECT_FALSE(queue.receive().has_value());
    clock.advance(29'999ms);
    EXPECT_FALSE(queue.receive().has_value());
    clock.advance(1ms);
    const auto second = queue.receive();
    ASSERT_TRUE(second.has_value());
    EXPECT_EQ(second->receives, 2U);
    EXPECT_EQ(second->receipt, first->receipt);
}

TEST(FakeQueueTest, ForgetsWhatIsAcknowledged) {
    ManualClock clock;
    Queue queue(clock, 30s, {}, 1);
    queue.publish(7);
    queue.acknowledge(queue.receive()->receipt);
    EXPECT_EQ(queue.size(), 0U);
    EXPECT_FALSE(queue.next_visible().has_value());
    clock.advance(1h);
    EXPECT_FALSE(queue.receive().has_value());
}

TEST(FakeQueueTest, ShowsAHiddenMessageAtTheTimeAskedFor) {
    ManualClock clock;
    Queue queue(clock, 30s, {}, 1);
    queue.publish(7);
    queue.hide(queue.receive()->receipt, clock.monotonic() + 5s);
    EXPECT_EQ(queue.next_visible(), clock.monotonic() + 5s);
    clock.advance(5s);
    EXPECT_TRUE(queue.receive().has_value());
}

TEST(FakeQueueTest, LosesAcknowledgementsAndRedeliversAtItsRates) {
    ManualClock clock;
    Queue queue(clock, 30s, {.redelivery = 0.5, .lost_ack = 0.5}, 42);
    for (int message = 0; message < 200; ++message) queue.publish(message);
    std::set<int> seen;
    std::size_t received = 0;
    while (const auto message = queue.receive()) {
        seen.insert(message->message);
        ++received;
        queue.acknowledge(message->receipt);
    }
    EXPECT_EQ(seen.size(), 200U);
    EXPECT_GT(received, 210U);     // some came again at once
    EXPECT_GT(queue.size(), 20U);  // some acknowledgements were lost
    for (int rounds = 0; rounds < 50 && queue.size() > 0; ++rounds) {
        clock.advance(30s);
        while (const auto message = queue.receive()) queue.acknowledge(message->receipt);
    }
    EXPECT_EQ(queue.size(), 0U);
}

TEST(FakeQueueTest, TheSameSeedGivesTheSameRun) {
    const auto run = [](std::uint64_t seed) {
        ManualClock clock;
        Queue queue(clock, 30s, {.redelivery = 0.4, .lost_ack = 0.4}, seed);
        for (int message = 0; message < 50; ++message) queue.publish(message);
        std::vector<int> order;
        while (const auto message = queue.receive()) {
            order.push_back(message->message);
            queue.acknowledge(message->receipt);
        }
        return order;
    };
    EXPECT_EQ(run(5), run(5));
    EXPECT_NE(run(5), run(6));
}

TEST(FakeRetryScheduleTest, HandsAnEntryOutAgainUntilItIsRemoved) {
    ManualClock clock;
    FakeRetrySchedule schedule(clock, 30s, 0, 1);
    const model::DeliveryKey key{{1, 2}, {1, 1, 0}};
    schedule.put({.key = key, .generation = 1}, clock.monotonic() + 10s);
    EXPECT_FALSE(schedule.claim().has_value());
    clock.advance(10s);
    ASSERT_TRUE(schedule.claim().has_value());
    EXPECT_FALSE(schedule.claim().has_value());
    clock.advance(30s);
    const auto again = schedule.claim();
    ASSERT_TRUE(again.has_value());
    schedule.remove(*again);
    EXPECT_FALSE(schedule.next_due().has_value());
}

TEST(FakeRetryScheduleTest, KeepsANewerEntryWhenAnOlderOneIsRemoved) {
    ManualClock clock;
    FakeRetrySchedule schedule(clock, 30s, 0, 1);
    const model::DeliveryKey key{{1, 2}, {1, 1, 0}};
    schedule.put({.key = key, .generation = 1}, clock.monotonic());
    const auto old_entry = schedule.claim();
    schedule.put({.key = key, .generation = 2}, clock.monotonic() + 5s);
    schedule.remove(*old_entry);
    EXPECT_EQ(schedule.next_due(), clock.monotonic() + 5s);
}

}  // namespace
}  // namespace outpost::ports::fakes
