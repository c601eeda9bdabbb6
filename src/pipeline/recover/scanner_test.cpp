#include "pipeline/recover/scanner.hpp"

#include "pipeline/recover/recover_fixture.hpp"

namespace outpost::pipeline {
namespace {

using pipeline::testing::RecoverFixture;

Result<ScanPage> page(RecoverFixture& world, const RecoverRequest& asked, std::string cursor) {
    auto shared = std::make_shared<const RecoverRequest>(asked);
    return world.it.stage.await(world.scanner.page(std::move(shared), std::move(cursor), Deadline::never()));
}

/// All rows, page by page; each row's cursor leads to the rows behind it.
std::vector<std::string> rows_of(RecoverFixture& world, const RecoverRequest& asked) {
    std::vector<std::string> events;
    ScanPage now;
    while (!now.last) {
        now = page(world, asked, now.cursor).value();
        for (const ScanRow& row : now.rows) events.push_back(row.event_id.value);
    }
    return events;
}

std::vector<std::string> ids_of(const std::vector<EventId>& events) {
    std::vector<std::string> ids;
    for (const EventId& event : events) ids.push_back(event.value);
    return ids;
}

TEST(Scanner, MeetsEveryRowOnceOverPages) {
    RecoverFixture world;
    world.stop_runner();
    for (std::size_t i = 0; i < 2 * kScanPageRows + 1; ++i) world.fail_for_good(1);
    EXPECT_EQ(rows_of(world, world.request()), ids_of(world.failed));
    EXPECT_EQ(rows_of(world, world.request(RecoverMode::missing)), ids_of(world.failed));
    RecoverRequest listed = world.request(RecoverMode::listed);
    for (const EventId& event : world.failed) listed.listed.push_back({event, DestinationId("d1")});
    EXPECT_EQ(rows_of(world, listed), ids_of(world.failed));
}

TEST(Scanner, GoesOnBehindAnyRow) {
    RecoverFixture world;
    for (std::size_t i = 0; i < 3; ++i) world.fail_for_good(1);
    for (const RecoverMode mode : {RecoverMode::failed, RecoverMode::missing, RecoverMode::listed}) {
        RecoverRequest asked = world.request(mode);
        for (const EventId& event : world.failed) asked.listed.push_back({event, DestinationId("d1")});
        const auto whole = page(world, asked, "");
        ASSERT_EQ(whole->rows.size(), 3U);
        const auto rest = page(world, asked, whole->rows[1].cursor);
        ASSERT_EQ(rest->rows.size(), 1U) << to_string(mode);
        EXPECT_EQ(rest->rows[0].event_id, world.failed[2]);
        EXPECT_TRUE(rest->last);
        EXPECT_TRUE(page(world, asked, whole->rows[2].cursor)->rows.empty());
    }
}

TEST(Scanner, RefusesACursorThatIsNone) {
    RecoverFixture world;
    for (const char* cursor : {"x", "x:y", "12"}) {
        const auto found = page(world, world.request(), cursor);
        ASSERT_FALSE(found.has_value()) << cursor;
        EXPECT_EQ(found.error().code(), Errc::corrupt);
    }
    EXPECT_EQ(page(world, world.request(RecoverMode::listed), "1:2").error().code(), Errc::corrupt);
}

TEST(Scanner, EstimatesABoundedNumberOfRows) {
    RecoverFixture world;
    RecoverRequest listed = world.request(RecoverMode::failed);
    world.it.destination.always(ports::fakes::Reply::failure());
    for (std::size_t i = 0; i < kEstimateRowsMax + 1; ++i) {
        world.it.publish("user.created", {.eligible_for_retry = false});
    }
    world.it.clock.advance(1s);
    listed.until = world.it.clock.now();
    const Estimate estimate = world.estimate(listed);
    EXPECT_EQ(estimate.redeliver, kEstimateRowsMax);
    EXPECT_FALSE(estimate.exact);
}

}  // namespace
}  // namespace outpost::pipeline
