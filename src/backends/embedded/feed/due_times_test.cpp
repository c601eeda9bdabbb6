#include "backends/embedded/feed/due_times.hpp"

#include "backends/embedded/control/schema.hpp"
#include "backends/embedded/fakes/scratch_folder.hpp"
#include "base/manual_clock.hpp"

#include <gtest/gtest.h>

namespace outpost::embedded {
namespace {

using namespace fakes;

class DueTimesTest : public testing::Test {
protected:
    DueTimesTest() {
        EXPECT_TRUE(open_control(file).has_value());
        auto opened = open_projections(file);
        EXPECT_TRUE(opened.has_value());
        projections = std::move(*opened);
    }
    /// An open delivery that is due in so long, by the wall clock.
    void add(int row, Milliseconds wait) {
        const auto sql = fmt::format("INSERT INTO open_deliveries VALUES (1, {}, 7, 1, 1, 0, {}, 0)", row,
                                     unix_ms(clock.now() + wait));
        EXPECT_TRUE(projections.execute(sql.c_str()).has_value());
    }
    /// How long each waits by the wall clock, by row.
    std::vector<Milliseconds> waits() {
        std::vector<Milliseconds> all;
        auto select = projections.prepare("SELECT due FROM open_deliveries ORDER BY event_row");
        EXPECT_TRUE(select.has_value());
        while (*select->step()) all.push_back(from_unix_ms(select->integer(0)) - clock.now());
        return all;
    }

    ScratchFolder folder;
    std::filesystem::path file = folder / "control.db";
    Database projections;
    ManualClock clock;
    DueTimes due_times{projections, clock};
};

TEST_F(DueTimesTest, AStepLeavesEachDeliveryItsWait) {
    for (const Milliseconds step : {Milliseconds(1h), Milliseconds(-1h), Milliseconds(24h * 3652), Milliseconds(-1s)}) {
        ASSERT_TRUE(projections.execute("DELETE FROM open_deliveries").has_value());
        add(1, 30s);
        add(2, -10s);
        clock.jump(step);
        ASSERT_TRUE(due_times.follow_clock().has_value());
        EXPECT_EQ(waits(), (std::vector<Milliseconds>{30s, -10s})) << step.count();
    }
}

TEST_F(DueTimesTest, AStepIsFollowedOnce) {
    add(1, 30s);
    clock.jump(-1h);
    ASSERT_TRUE(due_times.follow_clock().has_value());
    add(2, 30s);  // by the clock as it goes now
    ASSERT_TRUE(due_times.follow_clock().has_value());
    clock.advance(10s);
    ASSERT_TRUE(due_times.follow_clock().has_value());
    EXPECT_EQ(waits(), (std::vector<Milliseconds>{20s, 20s}));
}

TEST_F(DueTimesTest, TimeThatPassesMovesNothing) {
    add(1, 2h);
    clock.advance(1h);
    ASSERT_TRUE(due_times.follow_clock().has_value());
    EXPECT_EQ(waits(), std::vector<Milliseconds>{1h});
}

TEST_F(DueTimesTest, WhatCouldNotBeWrittenIsTriedAgain) {
    add(1, 30s);
    clock.jump(-1h);
    ASSERT_TRUE(projections.execute("PRAGMA query_only=ON").has_value());
    EXPECT_FALSE(due_times.follow_clock().has_value());
    ASSERT_TRUE(projections.execute("PRAGMA query_only=OFF").has_value());
    ASSERT_TRUE(due_times.follow_clock().has_value());
    EXPECT_EQ(waits(), std::vector<Milliseconds>{30s});
}

}  // namespace
}  // namespace outpost::embedded
