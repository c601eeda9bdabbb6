#include "backends/embedded/rollup/rollup.hpp"

#include "backends/embedded/fakes/read_world.hpp"

#include <fstream>

namespace outpost::embedded {
namespace {

using namespace fakes;

struct RollupTest : testing::Test {
    /// `count` events of tenant 1 for destination 11, and an attempt of each, a second apart.
    void add(int count) {
        for (int i = 0; i < count; ++i) {
            const model::EventRef place = world.next_place();
            ports::Acceptance acceptance =
                make_acceptance({.id = fmt::format("e{}", ++last), .time = kNow + last * 1s}, {11});
            const model::EventPtr event = acceptance.event;
            world.append(std::move(acceptance));
            ports::Settlement settlement = make_settlement({place, {1, 11, 1}}, event, fmt::format("a{}", last), 1);
            settlement.attempt.time = event->time;
            world.append(std::move(settlement));
        }
    }
    bool step() {
        const auto stepped = rollup.step(rollup_sources(*world.segments.list()));
        EXPECT_TRUE(stepped.has_value()) << stepped.error().describe();
        return stepped.value_or(false);
    }
    void follow() {
        while (step()) {
        }
    }
    std::int64_t ask(const std::string& sql) {
        auto database = Database::open(file, OpenMode::read_only);
        EXPECT_TRUE(database.has_value());
        return database->query_integer(sql)->value_or(0);
    }
    std::int64_t counted(std::int64_t span = 1) {
        return ask(fmt::format("SELECT sum(count) FROM attempt_cells WHERE span = {}", span));
    }

    ReadWorld world;
    std::filesystem::path file = rollup_path(world.paths.root);
    Rollup rollup{file};
    int last = 0;
};

TEST_F(RollupTest, CountsEachRowOnceHoweverOftenItIsRestarted) {
    for (const int count : {1, 5, 100}) {
        add(count);
        follow();
        rollup = Rollup(file);
    }
    follow();
    EXPECT_EQ(counted(), 106);
    EXPECT_EQ(ask("SELECT sum(count) FROM event_cells WHERE destination = 0"), 106);
    EXPECT_EQ(ask("SELECT sum(count) FROM event_cells WHERE destination = 11"), 106);
    EXPECT_LT(ask("SELECT count(*) FROM attempt_cells"), 4);  // of one minute: one cell
    EXPECT_EQ(rollup.watermark(), world.next_place());
}

TEST_F(RollupTest, DoesNothingWhenThereIsNothingNew) {
    add(3);
    follow();
    const auto before = std::filesystem::last_write_time(file.string() + "-wal");
    EXPECT_FALSE(step());
    EXPECT_EQ(std::filesystem::last_write_time(file.string() + "-wal"), before);
}

TEST_F(RollupTest, AFinishedSegmentGetsCellsOfHoursAndDays) {
    add(10);
    follow();
    EXPECT_EQ(counted(60), 0);
    world.begin_segment();
    add(2);
    follow();
    EXPECT_EQ(counted(60), 10);
    EXPECT_EQ(counted(1440), 10);
    EXPECT_EQ(counted(1), 12);
    EXPECT_EQ(ask("SELECT count(*) FROM attempt_cells WHERE span = 1440 AND start % 1440 = 0"), 1);
    EXPECT_EQ(rollup.watermark().segment, 2U);
}

TEST_F(RollupTest, ReadsSealedSegmentsToo) {
    add(10);
    world.begin_segment();
    world.seal(1);
    add(2);
    follow();
    EXPECT_EQ(counted(), 12);
}

TEST_F(RollupTest, ForgetsTheCellsOfSegmentsThatAreGone) {
    add(10);
    world.begin_segment();
    add(2);
    follow();
    world.segments.remove(1);
    follow();
    EXPECT_EQ(counted(), 2);
    EXPECT_EQ(counted(1440), 0);
    EXPECT_EQ(ask("SELECT count(*) FROM event_cells WHERE segment = 1"), 0);
}

TEST_F(RollupTest, BeginsAnewWhenItIsAheadOfTheLog) {  // a copy of the directory that was taken file by file
    add(10);
    follow();
    world.tail = std::make_shared<Tail>(100);  // the log has lost its rows
    world.segments.put({.number = 1, .file = segment_path(world.paths.log(), 1), .tail = world.tail, .range = {}});
    follow();
    EXPECT_EQ(counted(), 0);
    EXPECT_EQ(rollup.watermark(), (model::EventRef{1, 0}));
}

TEST_F(RollupTest, BeginsAnewWhenTheFileIsDamagedOrOfAnotherFormat) {
    add(10);
    follow();
    rollup = Rollup(file);
    std::ofstream(file, std::ios::binary | std::ios::trunc) << std::string(10'000, 'x');
    follow();
    EXPECT_EQ(counted(), 10);
    rollup = Rollup(file);
    auto database = Database::open(file, OpenMode::existing);
    ASSERT_TRUE(database->execute("PRAGMA user_version=7; DELETE FROM attempt_cells").has_value());
    follow();
    EXPECT_EQ(counted(), 10);
}

TEST_F(RollupTest, BeginsAnewWhenAReaderDistrustsIt) {
    add(10);
    follow();
    auto database = Database::open(file, OpenMode::existing);
    ASSERT_TRUE(database->execute("DELETE FROM attempt_cells").has_value());
    follow();
    EXPECT_EQ(counted(), 0);
    rollup.distrust();
    follow();
    EXPECT_EQ(counted(), 10);
}

TEST_F(RollupTest, AStepIsBoundedByDestinationsAsWellAsRows) {
    std::vector<std::uint32_t> many(kRollupStepRows - 10);
    for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<std::uint32_t>(i + 1);
    for (const char* id : {"e1", "e2", "e3"}) world.append(make_acceptance({.id = id}, many));
    EXPECT_TRUE(step());
    EXPECT_EQ(rollup.watermark().row, 2U);
    follow();
    EXPECT_EQ(ask("SELECT sum(count) FROM event_cells WHERE destination > 0"),
              static_cast<std::int64_t>(3 * many.size()));
}

TEST_F(RollupTest, RebuildsFromTheFilesAlone) {  // outpost db reindex
    add(10);
    world.begin_segment();
    world.seal(1);
    add(5);
    world.writer->leave();
    std::ofstream(file, std::ios::binary) << "rubbish";
    const auto rebuilt = rebuild_rollup(world.paths.root, world.paths.log());
    ASSERT_TRUE(rebuilt.has_value()) << rebuilt.error().describe();
    EXPECT_EQ(counted(), 15);
    EXPECT_EQ(counted(60), 10);
    add(1);
    follow();  // the service goes on from there
    EXPECT_EQ(counted(), 16);
}

}  // namespace
}  // namespace outpost::embedded
