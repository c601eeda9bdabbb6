// The tools of `outpost db …` over directories that an engine wrote.
#include "backends/embedded/engine/engine_fixture.hpp"
#include "backends/embedded/log/segment_file.hpp"
#include "backends/embedded/tools/backup.hpp"
#include "backends/embedded/tools/check.hpp"
#include "backends/embedded/tools/export.hpp"
#include "backends/embedded/tools/reindex.hpp"
#include "base/json.hpp"

namespace outpost::embedded {
namespace {

using namespace fakes;

class ToolsTest : public EngineTest {
protected:
    ToolsTest() : EngineTest(4) {
        world->adjust = [](EngineSettings& settings) { settings.disk_space = [](const auto&) { return DiskSpace{}; }; };
    }
    ~ToolsTest() override { world->close(); }

    /// Ten events of two destinations: delivered, waiting for a retry, never tried; over several segments.
    void fill() {
        open();
        for (int i = 0; i < 10; ++i) {
            const auto key = accept(fmt::format("e{}", i), destination(i % 2 == 0 ? "d1" : "d2"));
            if (i % 3 == 0) settle(key);
            if (i % 3 == 1) settle(key, 50 * std::chrono::hours(24));
        }
        world->advance(1s);  // projected, sealed
    }
    Say note() {
        return [this](const std::string& line) { said.push_back(line); };
    }
    std::string all_said() { return fmt::format("{}", fmt::join(said, "\n")); }
    bool check() {
        said.clear();
        const auto sound = check_data({directory}, note());
        EXPECT_TRUE(sound.has_value()) << sound.error().describe();
        return sound.value_or(false);
    }
    void change(const std::string& name, const char* sql) {
        auto database = Database::open(directory / name, OpenMode::existing);
        const auto done = database->execute(sql);
        ASSERT_TRUE(done.has_value()) << done.error().describe();
        ASSERT_TRUE(database->query_integer("PRAGMA wal_checkpoint(TRUNCATE)").has_value());
    }
    std::vector<std::string> table(const std::filesystem::path& control, const std::string& columns) {
        std::vector<std::string> rows;
        auto database = Database::open(control, OpenMode::read_only);
        auto read = database->prepare(
            fmt::format("SELECT concat FROM (SELECT {} AS concat FROM open_deliveries) ORDER BY 1", columns));
        EXPECT_TRUE(read.has_value()) << read.error().describe();
        while (read && read->step().value_or(false)) rows.emplace_back(read->text(0));
        return rows;
    }
    std::vector<std::string> open_deliveries(const std::filesystem::path& root) {
        return table(root / "control.db",
                     "event_segment||'/'||event_row||' '||destination||' '||attempts||' '||due||' '"
                     "||manual");
    }
    std::vector<std::string> exported(Exported* summary = nullptr) {
        std::string text;
        const auto done = export_data({directory}, [&](std::string_view piece) -> Result<void> {
            text += piece;
            return {};
        });
        EXPECT_TRUE(done.has_value()) << done.error().describe();
        if (done && summary != nullptr) *summary = *done;
        std::vector<std::string> lines;
        std::istringstream in(text);
        for (std::string line; std::getline(in, line);) lines.push_back(line);
        return lines;
    }

    SystemClock clock;
    std::vector<std::string> said;
};

// ---- check

TEST_F(ToolsTest, CheckFindsASoundDirectorySound) {
    fill();
    world->close();
    EXPECT_TRUE(check()) << all_said();
    EXPECT_EQ(said.back(), "Everything is sound.");
    EXPECT_NE(all_said().find("log/00000001.db    ok       4 rows, sealed"), std::string::npos) << all_said();
    EXPECT_NE(all_said().find("projections        ok       6 open deliveries"), std::string::npos) << all_said();
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
        EXPECT_FALSE(entry.path().filename().string().starts_with("scratch-"));
    }
}

TEST_F(ToolsTest, CheckAfterAKillIsSoundToo) {
    fill();
    accept("last", destination());  // not projected yet
    std::filesystem::copy(directory, folder / "killed", std::filesystem::copy_options::recursive);
    world->close();
    std::filesystem::remove_all(directory);
    std::filesystem::rename(folder / "killed", directory);
    EXPECT_TRUE(check()) << all_said();
}

TEST_F(ToolsTest, CheckAfterRetentionIsSoundToo) {
    fill();
    world->advance(31 * std::chrono::hours(24));
    world->advance(1h);
    ASSERT_FALSE(std::filesystem::exists(directory / "log" / "00000001.db"));
    world->close();
    EXPECT_TRUE(check()) << all_said();
    EXPECT_NE(all_said().find("6 open deliveries"), std::string::npos) << all_said();
}

TEST_F(ToolsTest, CheckNamesEveryDamagedFileAndGoesOn) {  // T-06
    fill();
    world->close();
    change("log/00000001.db", "UPDATE events SET data = '{}' WHERE row = (SELECT min(row) FROM events)");
    change("log/00000003.db", "UPDATE attempts SET number = 9");
    std::filesystem::remove(directory / "log" / "00000002.db");
    EXPECT_FALSE(check());
    EXPECT_NE(all_said().find("log/00000001.db    DAMAGED  row 0 of events has a damaged payload"), std::string::npos)
        << all_said();
    EXPECT_NE(all_said().find("log/00000002.db    DAMAGED  the file is missing"), std::string::npos) << all_said();
    EXPECT_NE(all_said().find("log/00000003.db    DAMAGED  row"), std::string::npos) << all_said();
    EXPECT_NE(all_said().find("log/00000004.db    ok"), std::string::npos) << all_said();
}

TEST_F(ToolsTest, CheckSurvivesAFileOfGarbage) {
    fill();
    world->close();
    write_file(directory / "log" / "00000001.db", std::string(20'000, 'x'));
    EXPECT_FALSE(check());
    EXPECT_NE(all_said().find("log/00000001.db    DAMAGED"), std::string::npos) << all_said();
}

TEST_F(ToolsTest, CheckComparesProjectionsWithTheLog) {
    fill();
    world->close();
    change("control.db", "DELETE FROM open_deliveries WHERE attempts = 1");
    EXPECT_FALSE(check());
    EXPECT_NE(all_said().find("projections        DAMAGED  3 rows missing"), std::string::npos) << all_said();
}

TEST_F(ToolsTest, CheckAndReindexKnowTheTimesOfLateEvents) {  // docs/adr/0010
    fill();
    for (const auto off : {-9000h, 9000h}) {
        std::vector<ports::Acceptance> batch;
        batch.push_back(population.at(world.get())
                            .acceptance({.id = EventId("late"), .time = world->clock().now() + off}, {}, false));
        ASSERT_TRUE(world->await(ledger().accept(std::move(batch), Deadline::never())).has_value());
    }
    for (int i = 0; i < 4; ++i) accept(fmt::format("after{}", i), destination());
    world->advance(1s);
    world->close();
    EXPECT_TRUE(check()) << all_said();
    const auto late = [&] {
        return ask(directory / "control.db", "SELECT max(future_last) - min(past_first) FROM late_times");
    };
    const auto before = late();
    EXPECT_EQ(before, std::chrono::milliseconds(18'000h).count());
    change("control.db", "DELETE FROM late_times");
    EXPECT_FALSE(check());
    EXPECT_NE(all_said().find("rows of other times than control.db says"), std::string::npos) << all_said();
    const auto done = reindex_data({directory}, clock, note());
    ASSERT_TRUE(done.has_value()) << done.error().describe();
    EXPECT_EQ(late(), before);
    EXPECT_TRUE(check()) << all_said();
    world = new_world(directory);
    open();
    const auto page = world->await(world->log().list_events({.page = {.limit = 1}}, Deadline::never()));
    ASSERT_TRUE(page.has_value());
    EXPECT_EQ(page->events.front().event->id, EventId("late"));  // the one of the future
    EXPECT_GT(page->events.front().event->time, world->clock().now() + 8000h);
}

TEST_F(ToolsTest, CheckNamesWhoUsesTheDirectory) {  // T-12
    fill();
    const auto refused = check_data({directory}, note());
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code(), Errc::conflict);
    EXPECT_NE(refused.error().text().find(fmt::format("process {}", ::getpid())), std::string::npos);
    EXPECT_EQ(check_data({folder / "nothing"}, note()).error().code(), Errc::not_found);
    EXPECT_FALSE(std::filesystem::exists(folder / "nothing"));
}

// ---- reindex

TEST_F(ToolsTest, ReindexMakesTheSameAgainAndSendsNothingTwice) {
    fill();
    world->close();
    const auto before = open_deliveries(directory);
    ASSERT_EQ(before.size(), 6U);
    change("control.db",
           "DELETE FROM open_deliveries; DELETE FROM segments; UPDATE projection SET segment = 1, row = 1");
    change("log/00000001.db", "DROP INDEX events_by_id");
    const auto done = reindex_data({directory}, clock, note());
    ASSERT_TRUE(done.has_value()) << done.error().describe();
    EXPECT_EQ(open_deliveries(directory), before);
    EXPECT_EQ(ask(directory / "log" / "00000001.db", "SELECT count(*) FROM sqlite_schema WHERE name = 'events_by_id'"),
              1);
    EXPECT_TRUE(check()) << all_said();
    world = new_world(directory);
    open();
    EXPECT_EQ(ledger().depth().open, 6U);
    EXPECT_EQ(world->sink(0).held_count() + world->sink(1).held_count(), 3U);  // those that were never tried
}

TEST_F(ToolsTest, ReindexKnowsWhatRetentionCarried) {
    fill();
    world->advance(31 * std::chrono::hours(24));
    world->advance(1h);
    world->close();
    const auto before = open_deliveries(directory);
    ASSERT_EQ(before.size(), 6U);
    change("control.db", "DELETE FROM open_deliveries; DELETE FROM carried_events");
    const auto done = reindex_data({directory}, clock, note());
    ASSERT_TRUE(done.has_value()) << done.error().describe();
    EXPECT_EQ(open_deliveries(directory), before);
}

TEST_F(ToolsTest, ReindexChangesNothingWhenTheLogIsDamaged) {
    fill();
    world->close();
    const auto before = open_deliveries(directory);
    change("log/00000002.db", "UPDATE events SET tenant = 7");
    const auto refused = reindex_data({directory}, clock, note());
    ASSERT_FALSE(refused.has_value());
    EXPECT_NE(refused.error().describe().find("00000002.db"), std::string::npos);
    EXPECT_EQ(open_deliveries(directory), before);
}

// ---- backup and restore

TEST_F(ToolsTest, ABackupOfARunningServiceIsOneMoment) {  // T-14
    fill();
    write_file(directory / "secrets-are-elsewhere", "");
    std::filesystem::create_directory(directory / "secrets");
    write_file(directory / "secrets" / "aes_encryption_secret", "hush");
    const auto done = back_up({directory}, folder / "backup", clock, note());
    ASSERT_TRUE(done.has_value()) << done.error().describe();
    const std::uint64_t open_then = ledger().depth().open;
    accept("later", destination());
    world->close();
    const auto restored = restore(folder / "backup", {folder / "new"}, note());
    ASSERT_TRUE(restored.has_value()) << restored.error().describe();
    EXPECT_EQ(read_file(folder / "new" / "secrets" / "aes_encryption_secret"), "hush");
    EXPECT_EQ(std::filesystem::status(folder / "new" / "secrets" / "aes_encryption_secret").permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    std::filesystem::remove_all(directory);
    std::filesystem::rename(folder / "new", directory);
    EXPECT_TRUE(check()) << all_said();
    world = new_world(directory);
    open();
    EXPECT_EQ(ledger().depth().open, open_then);
    for (int i = 0; i < 10; ++i) EXPECT_TRUE(is_stored(fmt::format("e{}", i)));
    EXPECT_FALSE(is_stored("later"));
}

TEST_F(ToolsTest, ABackupNeedsANewFolderOutsideTheDirectory) {
    fill();
    std::filesystem::create_directory(folder / "there");
    EXPECT_EQ(back_up({directory}, folder / "there", clock, note()).error().code(), Errc::conflict);
    EXPECT_EQ(back_up({directory}, directory / "backup", clock, note()).error().code(), Errc::conflict);
    EXPECT_EQ(back_up({folder / "nothing"}, folder / "backup", clock, note()).error().code(), Errc::not_found);
    EXPECT_FALSE(std::filesystem::exists(folder / "backup"));
    EXPECT_FALSE(std::filesystem::exists(folder / "backup.partial"));
}

TEST_F(ToolsTest, ARestoreRefusesWhatIsNotWhole) {
    fill();
    ASSERT_TRUE(back_up({directory}, folder / "backup", clock, note()).has_value());
    const DataPaths target{folder / "new"};
    EXPECT_EQ(restore(folder / "backup", {directory}, note()).error().code(), Errc::conflict);  // not empty
    EXPECT_EQ(restore(folder / "nothing", target, note()).error().code(), Errc::not_found);
    const auto file = folder / "backup" / "log" / "00000002.db";
    std::string content = read_file(file);
    content[5'000] ^= 1;
    write_file(file, content);
    const auto flipped = restore(folder / "backup", target, note());
    ASSERT_FALSE(flipped.has_value());
    EXPECT_NE(flipped.error().text().find("00000002.db"), std::string::npos);
    std::filesystem::remove(file);
    EXPECT_FALSE(restore(folder / "backup", target, note()).has_value());
    EXPECT_FALSE(std::filesystem::exists(target.root));
}

TEST_F(ToolsTest, ARestoreRefusesProjectionsThatAreAheadOfTheLog) {  // T-06: rows would get other events' places
    fill();
    world->close();
    change("control.db", "UPDATE projection SET segment = 99 WHERE name = 'open_deliveries'");
    ASSERT_TRUE(back_up({directory}, folder / "backup", clock, note()).has_value());
    const auto refused = restore(folder / "backup", {folder / "new"}, note());
    ASSERT_FALSE(refused.has_value());
    EXPECT_NE(refused.error().text().find("segment 99"), std::string::npos);
}

TEST_F(ToolsTest, ARestoreFillsAnEmptyFolder) {
    fill();
    ASSERT_TRUE(back_up({directory}, folder / "backup", clock, note()).has_value());
    std::filesystem::create_directory(folder / "new");
    EXPECT_TRUE(restore(folder / "backup", {folder / "new"}, note()).has_value());
    EXPECT_TRUE(std::filesystem::exists(folder / "new" / "control.db"));
}

// ---- export

TEST_F(ToolsTest, AnExportHasEverythingOnceAndNoSecrets) {
    fill();
    Exported summary;
    for (const bool after_retention : {false, true}) {
        if (after_retention) {
            world->advance(31 * std::chrono::hours(24));
            world->advance(1h);
        }
        std::map<std::string, std::size_t> kinds, events;
        for (const std::string& line : exported(&summary)) {
            const auto value = parse_json(line);
            ASSERT_TRUE(value.has_value()) << line;
            const std::string kind(std::string_view(value->as_object().at("kind").as_string()));
            ++kinds[kind];
            if (kind == "event") ++events[std::string(std::string_view(value->as_object().at("id").as_string()))];
            EXPECT_EQ(line.find("credentials"), std::string::npos) << line;
        }
        EXPECT_EQ(kinds["tenant"], 1U);
        EXPECT_EQ(kinds["destination"], 2U);
        EXPECT_EQ(kinds["event"], summary.events);
        EXPECT_EQ(kinds["attempt"], summary.attempts);
        if (!after_retention) EXPECT_EQ(events.size(), 10U);
        else EXPECT_GE(events.size(), 6U);
        for (const auto& [id, count] : events) EXPECT_EQ(count, 1U) << id;
    }
}

TEST_F(ToolsTest, AnExportLeavesDamagedRowsOutAndNamesThem) {
    fill();
    world->close();
    change("log/00000001.db", "UPDATE events SET data = '{}' WHERE row = 0");
    Exported summary;
    exported(&summary);
    EXPECT_EQ(summary.events, 9U);
    EXPECT_EQ(summary.damaged_count, 1U);
    ASSERT_EQ(summary.damaged.size(), 1U);
    EXPECT_NE(summary.damaged[0].find("00000001.db"), std::string::npos);
}

TEST_F(ToolsTest, AnExportEndsWithItsReader) {
    fill();
    const auto ended =
        export_data({directory}, [](std::string_view) -> Result<void> { return fail(Errc::unavailable, "gone"); });
    ASSERT_FALSE(ended.has_value());
    EXPECT_EQ(ended.error().text(), "gone");
}

}  // namespace
}  // namespace outpost::embedded
