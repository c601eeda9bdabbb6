#include "ports/conformance/destination_health_suite.hpp"

#include <fmt/format.h>

namespace outpost::ports::conformance {

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(DestinationHealthSuite);

using enum model::AttemptStatus;

void link_destination_health_suite() {}

std::vector<Backlog> DestinationHealthSuite::backlogs(std::vector<model::DestinationKey> destinations) {
    it().advance(2s);
    auto found = it().await(it().destination_health().backlogs(std::move(destinations), Deadline::never()));
    if (!found) throw std::runtime_error("backlogs: " + found.error().describe());
    return *std::move(found);
}

TEST_P(DestinationHealthSuite, HasNothingForADestinationWithoutDeliveries) {
    EXPECT_EQ(backlog(destination("d1")), Backlog{});
}

TEST_P(DestinationHealthSuite, CountsWhatIsOpenAndWhatHasBeenTried) {
    const TimePoint begin = now();
    const Accepted first = publish({.id = EventId("e1")}, {destination("d1")});
    it().advance(1s);
    const TimePoint later = now();
    const Accepted second = publish({.id = EventId("e2")}, {destination("d1")});
    EXPECT_EQ(backlog(destination("d1")), (Backlog{.pending = 2,
                                                   .pending_retries = 0,
                                                   .oldest_received_at = begin,
                                                   .first_due_at = begin,
                                                   .next_retry_at = std::nullopt}));
    const TimePoint tried = now();
    attempt({first.event, destination("d1")}, {.id = "a1", .time = tried, .status = failed, .code = "500"}, true);
    EXPECT_EQ(backlog(destination("d1")), (Backlog{.consecutive_failures = 1,
                                                   .pending = 2,
                                                   .pending_retries = 1,
                                                   .oldest_received_at = begin,
                                                   .first_due_at = later,
                                                   .next_retry_at = tried}));
    attempt({second.event, destination("d1")}, {.id = "a2", .time = now()});
    decide({first.event, destination("d1")}, DecisionKind::cancelled, "requested");
    EXPECT_EQ(backlog(destination("d1")), Backlog{});
}

TEST_P(DestinationHealthSuite, AnswersForManyInTheOrderOfTheQuestion) {
    publish({.id = EventId("e1")}, {destination("d1"), destination("d2")});
    publish({.id = EventId("e2")}, {destination("d2")});
    const auto found = backlogs({destination("d2"), destination("d3"), destination("d1")});
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0].pending, 2U);
    EXPECT_EQ(found[1].pending, 0U);
    EXPECT_EQ(found[2].pending, 1U);
}

TEST_P(DestinationHealthSuite, LeavesOutWhatWasForAnEarlierIncarnation) {
    publish({.id = EventId("e1")}, {destination("d1")});
    model::DestinationKey anew = destination("d1");
    ++anew.incarnation;
    EXPECT_EQ(backlog(anew), Backlog{});
    EXPECT_EQ(backlog(destination("d1")).pending, 1U);
}

TEST_P(DestinationHealthSuite, LooksAtABoundedNumberOfDeliveries) {
    std::vector<Acceptance> batch;
    for (std::size_t i = 0; i < kBacklogRowsMax; ++i) {
        batch.push_back(population().acceptance({.id = EventId(fmt::format("e{}", i))}, {destination("d1")}));
    }
    publish_all(std::move(batch));
    publish({.id = EventId("one more")}, {destination("d1")});
    EXPECT_EQ(backlog(destination("d1")).pending, kBacklogRowsMax);
}

}  // namespace outpost::ports::conformance
