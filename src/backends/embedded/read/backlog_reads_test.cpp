#include "backends/embedded/read/backlog_reads.hpp"

#include "backends/embedded/fakes/read_world.hpp"

namespace outpost::embedded {
namespace {

using namespace fakes;

class BacklogReadsTest : public testing::Test {
protected:
    BacklogReadsTest() {
        auto opened = Database::open(world.paths.control(), OpenMode::existing);
        EXPECT_TRUE(opened.has_value());
        control = std::move(*opened);
    }
    /// An event received so long after kNow, with an open delivery for destination 11.
    model::EventRef open(const std::string& id, Milliseconds received, std::uint32_t attempts, Milliseconds due,
                         std::uint32_t incarnation = 1) {
        const model::EventRef place = world.next_place();
        world.append(make_acceptance({.id = id, .received = kNow + received}, {11}));
        const auto done = control.execute(
            fmt::format("INSERT INTO open_deliveries (event_segment, event_row, destination, incarnation, tenant,"
                        " attempts, due, manual) VALUES ({}, {}, 11, {}, 1, {}, {}, 0)",
                        place.segment, place.row, incarnation, attempts, unix_ms(kNow + due))
                .c_str());
        EXPECT_TRUE(done.has_value()) << done.error().describe();
        return place;
    }
    ports::Backlog read(std::uint32_t incarnation = 1) {
        const std::vector<model::DestinationKey> asked = {{1, 11, incarnation}};
        auto backlogs = read_backlogs(*world.session, asked);
        EXPECT_TRUE(backlogs.has_value()) << backlogs.error().describe();
        return backlogs->at(0);
    }

    ReadWorld world;
    Database control;
};

TEST_F(BacklogReadsTest, TellsTheOldestEventAndTheFirstRetryApart) {
    open("e1", 0ms, 3, 90s);
    open("e2", 1s, 0, 1s);
    open("e3", 2s, 1, 30s);
    EXPECT_EQ(read(), (ports::Backlog{.pending = 3,
                                      .pending_retries = 2,
                                      .oldest_received_at = kNow,
                                      .first_due_at = kNow + 1s,
                                      .next_retry_at = kNow + 30s}));
}

TEST_F(BacklogReadsTest, ReadsOfTheIncarnationThatWasAskedFor) {
    open("e1", 0ms, 1, 1s, 1);
    open("e2", 1s, 1, 2s, 2);
    EXPECT_EQ(read(1).first_due_at, kNow + 1s);
    EXPECT_EQ(read(2).first_due_at, kNow + 2s);
    EXPECT_EQ(read(3), ports::Backlog{});
}

TEST_F(BacklogReadsTest, AnEventThatIsGoneHasNoTime) {
    open("e1", 0ms, 1, 1s);
    const auto done = control.execute("UPDATE open_deliveries SET event_segment = 99");
    ASSERT_TRUE(done.has_value());
    EXPECT_EQ(read().pending, 1U);
    EXPECT_EQ(read().oldest_received_at, std::nullopt);
}

TEST_F(BacklogReadsTest, SortsNothing) {  // the index gives the order, whatever waits
    auto plan = control.prepare(
        "EXPLAIN QUERY PLAN SELECT event_segment, event_row, incarnation, attempts, due FROM open_deliveries"
        " WHERE destination = ?1 ORDER BY due, event_segment, event_row LIMIT ?2");
    ASSERT_TRUE(plan.has_value());
    std::string text;
    while (*plan->step()) text += std::string(plan->text(3)) + "\n";
    EXPECT_TRUE(text.contains("open_deliveries_by_destination (destination=?)")) << text;
    EXPECT_FALSE(text.contains("TEMP B-TREE")) << text;
}

}  // namespace
}  // namespace outpost::embedded
