#include "backends/embedded/retain/segment_files.hpp"

#include "backends/embedded/fakes/scratch_folder.hpp"

namespace outpost::embedded {
namespace {

using namespace fakes;

class SegmentFilesTest : public testing::Test {
protected:
    void SetUp() override {
        for (const char* name : {"00000001.db", "00000001.db-wal", "00000001.ids", "00000011.db", "notes.txt"}) {
            write_file(folder / name, "12345");
        }
    }
    bool exists(const std::string& name) { return std::filesystem::exists(folder / name); }
    ScratchFolder folder;
};

TEST_F(SegmentFilesTest, ASizeCountsSideFilesAndNothingElse) {
    const auto bytes = measure_segments(folder.path());
    ASSERT_TRUE(bytes.has_value());
    EXPECT_EQ(*bytes, (std::map<std::uint32_t, std::uint64_t>{{1, 15}, {11, 5}}));
}

TEST_F(SegmentFilesTest, ARemovalTakesTheSegmentsFilesOnlyAndMayBeRepeated) {
    ASSERT_TRUE(remove_segment_files(folder.path(), 1).has_value());
    ASSERT_TRUE(remove_segment_files(folder.path(), 1).has_value());
    EXPECT_FALSE(exists("00000001.db") || exists("00000001.db-wal") || exists("00000001.ids"));
    EXPECT_TRUE(exists("00000011.db") && exists("notes.txt"));
}

TEST_F(SegmentFilesTest, AMissingFolderIsNamed) {
    const auto measured = measure_segments(folder / "none");
    ASSERT_FALSE(measured.has_value());
    EXPECT_NE(measured.error().text().find("/none"), std::string::npos);
    EXPECT_FALSE(disk_space(folder / "none").has_value());
    EXPECT_GT(disk_space(folder.path())->capacity, 0U);
}

TEST_F(SegmentFilesTest, BackupsShareTheHoldAndKeepRetentionAway) {
    using enum RetentionHold::Wish;
    {
        const auto backup = RetentionHold::take(folder.path(), share);
        const auto other = RetentionHold::take(folder.path(), share);
        ASSERT_TRUE(backup.has_value() && other.has_value());
        EXPECT_EQ(RetentionHold::take(folder.path(), alone).error().code(), Errc::conflict);
    }
    EXPECT_TRUE(RetentionHold::take(folder.path(), alone).has_value());
}

}  // namespace
}  // namespace outpost::embedded
