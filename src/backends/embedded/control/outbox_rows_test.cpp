#include "backends/embedded/control/outbox_rows.hpp"

#include "backends/embedded/control/schema.hpp"
#include "backends/embedded/fakes/scratch_folder.hpp"

namespace outpost::embedded {
namespace {

class OutboxRowsTest : public testing::Test {
protected:
    OutboxRowsTest() {
        auto opened = open_control(folder / "control.db");
        EXPECT_TRUE(opened.has_value());
        control = std::move(*opened);
    }
    std::string due(std::int64_t now) {
        std::string sources;
        for (const OutboxRow& row : *rows.due(now, 10)) sources += row.source + std::to_string(row.tries) + " ";
        return sources;
    }

    fakes::ScratchFolder folder;
    Database control;
    OutboxRows rows{control};
};

TEST_F(OutboxRowsTest, ComeBackWhole) {
    const OutboxRow row{.topic = "t",
                        .source = "s",
                        .time_ms = 5,
                        .tenant = 6,
                        .destination = 7,
                        .attempt = log_place({3, 4'000'000'000}),
                        .disabled_at = 8,
                        .detail = "{}"};
    ASSERT_TRUE(rows.add(row).has_value());
    const OutboxRow back = rows.due(0, 1)->front();
    EXPECT_EQ(std::tie(back.topic, back.source, back.time_ms, back.tenant, back.destination, back.detail),
              std::tie(row.topic, row.source, row.time_ms, row.tenant, row.destination, row.detail));
    EXPECT_EQ(back.disabled_at, 8);
    EXPECT_EQ(ref_of_place(*back.attempt), (model::EventRef{3, 4'000'000'000}));
    EXPECT_EQ(back.tries, 0U);
}

TEST_F(OutboxRowsTest, AreDueByTimeThenByArrivalAndCountTheirTries) {
    for (const char* source : {"a", "b", "c"}) ASSERT_TRUE(rows.add({.topic = "t", .source = source}).has_value());
    EXPECT_EQ(due(0), "a0 b0 c0 ");
    ASSERT_TRUE(rows.postpone(rows.due(0, 1)->front().number, 100).has_value());
    EXPECT_EQ(due(99), "b0 c0 ");
    EXPECT_EQ(rows.next_due(99), 100);
    EXPECT_EQ(due(100), "b0 c0 a1 ");
    EXPECT_EQ(rows.next_due(100), std::nullopt);
    ASSERT_TRUE(rows.remove(rows.due(100, 1)->front().number).has_value());
    EXPECT_EQ(due(100), "c0 a1 ");
    EXPECT_EQ(rows.count(), 2);
}

TEST_F(OutboxRowsTest, PlacesGrowWithTheLog) {
    EXPECT_LT(log_place({1, 4'294'967'295}), log_place({2, 0}));
    EXPECT_LT(log_place({2, 0}), log_place({2, 1}));
}

}  // namespace
}  // namespace outpost::embedded
