#include "backends/embedded/retain/carried_rows.hpp"

#include "backends/embedded/fakes/rows.hpp"
#include "backends/embedded/fakes/scratch_folder.hpp"

namespace outpost::embedded {
namespace {

using namespace fakes;

class CarriedRows : public testing::Test {
protected:
    void SetUp() override {
        auto writer = SegmentWriter::open(file);
        ASSERT_TRUE(writer.has_value());
        std::vector<Row> rows;
        for (int i = 0; i < 3; ++i) {
            rows.push_back(make_acceptance({.id = fmt::format("e{}", i), .data = R"({"a":"12345"})"}, {7, 8}));
        }
        ASSERT_TRUE(write_rows(*writer, 0, rows).has_value());
    }
    static void change(const std::filesystem::path& in, const char* sql) {
        auto database = Database::open(in, OpenMode::existing);
        ASSERT_TRUE(database->execute(sql).has_value());
        ASSERT_TRUE(database->query_integer("PRAGMA wal_checkpoint(TRUNCATE)").has_value());
    }
    ScratchFolder folder;
    std::filesystem::path file = folder / "00000004.db";
};

TEST_F(CarriedRows, AreWhatTheSegmentHas) {
    const auto events = read_carried(file, 4, {2, 0}, 1'000);
    ASSERT_TRUE(events.has_value()) << events.error().describe();
    ASSERT_EQ(events->size(), 2U);
    EXPECT_EQ((*events)[0].id, "e2");
    EXPECT_EQ((*events)[0].origin.ref, (model::EventRef{4, 2}));
    EXPECT_EQ((*events)[0].origin.carried_from, 4U);
    EXPECT_EQ((*events)[1].destinations, "7:1,8:1");
    EXPECT_EQ((*events)[1].data, R"({"a":"12345"})");
}

TEST_F(CarriedRows, KeepTheirFirstNameHoweverOftenTheyAreCopied) {
    auto copy = read_carried(file, 4, {1}, 1'000);
    ASSERT_TRUE(copy.has_value());
    const auto second = folder / "00000009.db";
    {
        auto writer = SegmentWriter::open(second);
        ASSERT_TRUE(writer->begin() && writer->append_carried(0, copy->front()) && writer->commit());
    }
    const auto again = read_carried(second, 9, {0}, 1'000);
    ASSERT_TRUE(again.has_value()) << again.error().describe();
    EXPECT_EQ(again->front().origin.ref, (model::EventRef{4, 1}));
    EXPECT_EQ(again->front().origin.carried_from, 9U);
    change(second, "UPDATE events SET origin_row = 2");
    const auto damaged = read_carried(second, 9, {0}, 1'000);
    ASSERT_FALSE(damaged.has_value());
    EXPECT_EQ(damaged.error().code(), Errc::corrupt);
}

TEST_F(CarriedRows, StopBehindTheBytesButNeverBeforeTheFirst) {
    EXPECT_EQ(read_carried(file, 4, {0, 1, 2}, 1)->size(), 1U);
    EXPECT_EQ(read_carried(file, 4, {0, 1, 2}, 40)->size(), 2U);
}

TEST_F(CarriedRows, AreRefusedWhenMissingOrDamaged) {  // T-06
    EXPECT_EQ(read_carried(file, 4, {3}, 1'000).error().code(), Errc::corrupt);
    change(file, "UPDATE events SET data = '{}' WHERE row = 1");
    const auto damaged = read_carried(file, 4, {0, 1}, 1'000);
    ASSERT_FALSE(damaged.has_value());
    EXPECT_EQ(damaged.error().code(), Errc::corrupt);
    EXPECT_NE(damaged.error().describe().find("00000004.db"), std::string::npos);
}

}  // namespace
}  // namespace outpost::embedded
