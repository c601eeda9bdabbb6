#include "backends/embedded/feed/recent_events.hpp"

namespace outpost::embedded {
namespace {

model::EventPtr event_of(std::size_t bytes) {
    model::Event event{.id = EventId("e1")};
    event.data = Bytes(std::string(bytes, 'x'));
    return std::make_shared<const model::Event>(std::move(event));
}

TEST(RecentEvents, GivesBackWhatItKeeps) {
    RecentEvents recent(1 << 20);
    const model::EventPtr event = event_of(10);
    recent.keep({1, 7}, event);
    EXPECT_EQ(recent.find({1, 7}), event);
    EXPECT_EQ(recent.find({7, 1}), nullptr);
}

TEST(RecentEvents, CountsAnEventForManyDestinationsOnce) {
    RecentEvents recent(1 << 20);
    const model::EventPtr event = event_of(10);
    recent.keep({1, 7}, event);
    const std::size_t bytes = recent.bytes();
    recent.keep({1, 7}, event);
    EXPECT_EQ(recent.bytes(), bytes);
}

TEST(RecentEvents, TheOldestGoFirstWhenTheBudgetIsSpent) {
    RecentEvents recent(10'000);
    for (std::uint32_t row = 0; row < 100; ++row) recent.keep({1, row}, event_of(1'000));
    EXPECT_LE(recent.bytes(), 10'000U);
    EXPECT_EQ(recent.find({1, 0}), nullptr);
    EXPECT_EQ(recent.find({1, 90}), nullptr);
    EXPECT_NE(recent.find({1, 99}), nullptr);
}

TEST(RecentEvents, OneThatIsLargerThanTheBudgetIsNotKept) {
    RecentEvents recent(10'000);
    recent.keep({1, 1}, event_of(20'000));
    EXPECT_EQ(recent.find({1, 1}), nullptr);
    EXPECT_EQ(recent.bytes(), 0U);
}

}  // namespace
}  // namespace outpost::embedded
