// Opening a directory: whose it is, what is in the way, and that every refusal says what to do.
#include "backends/embedded/engine/engine_fixture.hpp"

#include <unistd.h>

namespace outpost::embedded {
namespace {

using namespace fakes;

class EngineOpenTest : public EngineTest {};

TEST_F(EngineOpenTest, ASecondOneNamesWhoHoldsTheDirectory) {  // hard-cases T-12
    open();
    EngineWorld second(directory);
    const auto opened = second.open();
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().code(), Errc::conflict);
    const std::string text = opened.error().describe();
    EXPECT_NE(text.find(fmt::format("is in use by process {}", ::getpid())), std::string::npos) << text;
    EXPECT_NE(text.find(directory.string()), std::string::npos) << text;
    world->close();
    EXPECT_TRUE(second.open().has_value());
}

TEST_F(EngineOpenTest, AnotherSecretIsRefusedWithWhatToDo) {  // decision D3
    open();
    destination();
    world->close();
    const auto opened = world->open({"another secret"});
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().code(), Errc::corrupt);
    EXPECT_NE(opened.error().describe().find("AES_ENCRYPTION_SECRET_PREVIOUS"), std::string::npos);
    EXPECT_TRUE(world->open({"another secret", "a secret of the test"}).has_value());  // rotation
}

TEST_F(EngineOpenTest, TheFolderIsForItsOwnerAlone) {  // decision D1
    open();
    using std::filesystem::perms;
    EXPECT_EQ(std::filesystem::status(directory).permissions(), perms::owner_all);
    EXPECT_EQ(std::filesystem::status(directory / "log").permissions(), perms::owner_all);
}

TEST_F(EngineOpenTest, NamesThePathThatCannotBeUsed) {  // hard-cases T-11
    write_file(folder / "a file", "");
    for (const std::filesystem::path& bad : {folder / "a file" / "data", folder / "a file"}) {
        EngineWorld other(bad);
        const auto opened = other.open();
        ASSERT_FALSE(opened.has_value());
        EXPECT_EQ(opened.error().code(), Errc::unavailable);
        EXPECT_NE(opened.error().describe().find(bad.string()), std::string::npos) << opened.error().describe();
    }
    std::filesystem::create_directory(directory);
    write_file(directory / "log", "");
    const auto opened = world->open();
    ASSERT_FALSE(opened.has_value());
    EXPECT_NE(opened.error().describe().find((directory / "log").string()), std::string::npos);
}

TEST_F(EngineOpenTest, NamesADirectoryThatCannotBeWritten) {  // hard-cases T-11
    if (::geteuid() == 0) GTEST_SKIP() << "root writes everywhere";
    std::filesystem::create_directory(directory);
    std::filesystem::permissions(directory, std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
    const auto opened = world->open();
    std::filesystem::permissions(directory, std::filesystem::perms::owner_all);
    ASSERT_FALSE(opened.has_value());
    EXPECT_NE(opened.error().describe().find(directory.string()), std::string::npos);
}

/// Whatever is in the way, the directory is let go and opens once it is put right.
TEST_F(EngineOpenTest, LeavesTheDirectoryAsItWasWhenItCannotBeOpened) {
    open();
    const auto key = accept("e1", destination());
    world->close();
    const std::filesystem::path segment = directory / "log" / "00000001.db";
    const std::filesystem::path control = directory / "control.db";
    for (const auto& file : {segment, control}) {
        const std::string good = read_file(file);
        write_file(file, std::string(good.size(), 'x'));
        const auto opened = world->open();
        ASSERT_FALSE(opened.has_value());
        EXPECT_EQ(opened.error().code(), Errc::corrupt);
        EXPECT_NE(opened.error().describe().find(file.string()), std::string::npos) << opened.error().describe();
        world->run();
        write_file(file, good);
    }
    open();
    EXPECT_TRUE(is_held(key));
}

TEST_F(EngineOpenTest, RefusesANewerControlFile) {  // hard-cases T-13
    open();
    world->close();
    {
        auto control = Database::open(directory / "control.db", OpenMode::existing);
        ASSERT_TRUE(control->execute("PRAGMA user_version=99"));
    }
    const auto opened = world->open();
    ASSERT_FALSE(opened.has_value());
    EXPECT_NE(opened.error().describe().find("newer version"), std::string::npos);
}

TEST_F(EngineOpenTest, IgnoresStrangersInTheLogFolder) {
    open();
    const auto key = accept("e1", destination());
    world->close();
    write_file(directory / "log" / "notes.txt", "hello");
    write_file(directory / "log" / "00000001.db.bak", "hello");
    open();
    EXPECT_TRUE(is_held(key));
}

TEST_F(EngineOpenTest, CompletesASegmentThatWasJustBegun) {  // a crash between the file and its tables
    open();
    const auto key = accept("e1", destination());
    world->close();
    write_file(directory / "log" / "00000002.db", "");
    open();
    EXPECT_TRUE(is_held(key));
    EXPECT_EQ(accept("e2", destination()).event.segment, 2U);
}

}  // namespace
}  // namespace outpost::embedded
