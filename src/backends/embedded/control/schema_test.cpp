#include "backends/embedded/control/schema.hpp"

#include "backends/embedded/fakes/scratch_folder.hpp"

namespace outpost::embedded {
namespace {

class SchemaTest : public testing::Test {
protected:
    fakes::ScratchFolder folder;
    std::filesystem::path file = folder / "control.db";
};

TEST_F(SchemaTest, OpensANewFileAndAnOldOne) {
    {
        auto control = open_control(file);
        ASSERT_TRUE(control.has_value()) << control.error().describe();
        EXPECT_EQ(control->query_integer("PRAGMA user_version"), 1);
        ASSERT_TRUE(control->execute("INSERT INTO settings VALUES ('a', 'b')"));
    }
    auto control = open_control(file);
    ASSERT_TRUE(control.has_value());
    EXPECT_EQ(control->query_integer("SELECT count(*) FROM settings"), 1);
}

TEST_F(SchemaTest, RefusesANewerFormatAndSaysSo) {  // hard-cases T-13
    {
        auto control = open_control(file);
        ASSERT_TRUE(control->execute("PRAGMA user_version=2"));
    }
    const auto control = open_control(file);
    ASSERT_FALSE(control.has_value());
    EXPECT_EQ(control.error().code(), Errc::corrupt);
    EXPECT_NE(control.error().text().find("control.db was written by a newer version (format 2"), std::string::npos);
    auto untouched = Database::open(file, OpenMode::read_only);
    EXPECT_EQ(untouched->query_integer("PRAGMA user_version"), 2);
}

TEST_F(SchemaTest, NamesAFileThatIsNoDatabase) {
    fakes::write_file(file, std::string(10'000, 'x'));
    const auto control = open_control(file);
    ASSERT_FALSE(control.has_value());
    EXPECT_EQ(control.error().code(), Errc::corrupt);
    EXPECT_NE(control.error().text().find("control.db"), std::string::npos);
}

TEST_F(SchemaTest, WhatAClientIsToldIsSynced) {
    auto control = open_control(file);
    EXPECT_EQ(control->query_integer("PRAGMA synchronous"), 2);
    auto projections = open_projections(file);
    EXPECT_EQ(projections->query_integer("PRAGMA synchronous"), 1);  // rebuilt from the log after a crash
    EXPECT_FALSE(open_projections(folder / "missing.db").has_value());
}

}  // namespace
}  // namespace outpost::embedded
