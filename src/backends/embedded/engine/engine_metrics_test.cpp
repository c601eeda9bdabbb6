// What becomes of rollup.db while an engine lives: it follows, and it may go at any time.
#include "backends/embedded/engine/engine_fixture.hpp"
#include "backends/embedded/rollup/rollup_file.hpp"

#include <fstream>

namespace outpost::embedded {
namespace {

struct EngineMetricsTest : fakes::EngineTest {
    EngineMetricsTest() : EngineTest(20) {}

    void publish(int count) {
        for (int i = 0; i < count; ++i) settle(accept(fmt::format("e{}", ++last), destination()));
    }
    std::uint64_t count() {
        const TimePoint now = world->clock().now();
        model::MetricQuery query{.kind = model::MetricKind::attempts, .window = {now - 24h, now + 1h}};
        const auto groups = world->await(world->metrics().count(query, Deadline::never()));
        EXPECT_TRUE(groups.has_value()) << groups.error().describe();
        return groups && !groups->groups.empty() ? groups->groups[0].tally.count : 0;
    }
    std::int64_t in_cells() { return ask(rollup, "SELECT sum(count) FROM attempt_cells WHERE span = 1").value_or(0); }

    std::filesystem::path rollup = rollup_path(directory);
    int last = 0;
};

TEST_F(EngineMetricsTest, CellsFollowTheLogAndAnswersDoNotWaitForThem) {
    open();
    publish(35);
    EXPECT_EQ(count(), 35U);
    EXPECT_EQ(in_cells(), 0);
    world->advance(10s);
    world->advance(1s);
    EXPECT_EQ(in_cells(), 35);
    publish(1);
    EXPECT_EQ(count(), 36U);
    EXPECT_EQ(in_cells(), 35);
}

TEST_F(EngineMetricsTest, CountsWhatAFormerProcessLeft) {
    open();
    publish(35);
    world->close();
    open();
    EXPECT_EQ(in_cells(), 35);
    EXPECT_EQ(count(), 35U);
}

TEST_F(EngineMetricsTest, AMissingFileIsMadeAgainFromTheLog) {
    open();
    publish(35);
    world->close();
    ASSERT_TRUE(remove_rollup(rollup).has_value());
    open();
    EXPECT_EQ(count(), 35U);
    EXPECT_EQ(in_cells(), 35);
}

TEST_F(EngineMetricsTest, AFileThatGoesWhileTheEngineRunsIsNotMissed) {
    open();
    publish(35);
    world->advance(11s);
    ASSERT_TRUE(remove_rollup(rollup).has_value());
    EXPECT_EQ(count(), 35U);
}

TEST_F(EngineMetricsTest, ADamagedFileIsMadeAgainAtTheStart) {
    open();
    publish(35);
    world->close();
    std::ofstream(rollup, std::ios::binary | std::ios::trunc) << std::string(20'000, 'x');
    open();
    EXPECT_EQ(count(), 35U);
    EXPECT_EQ(in_cells(), 35);
}

TEST_F(EngineMetricsTest, AReaderThatMeetsDamageCountsRowsAndHasTheFileMadeAgain) {
    open();
    publish(35);
    world->advance(11s);
    world->close();
    {
        std::fstream file(rollup, std::ios::binary | std::ios::in | std::ios::out);
        const auto bytes = static_cast<std::streamoff>(std::filesystem::file_size(rollup));
        for (std::streamoff page = 4096; page < bytes; page += 4096) {  // all but the schema
            file.seekp(page);
            file << std::string(64, 'x');
        }
    }
    open();
    EXPECT_EQ(count(), 35U);
    world->run();
    EXPECT_EQ(in_cells(), 35);
    EXPECT_EQ(count(), 35U);
}

TEST_F(EngineMetricsTest, AStoreThatTakesTooLongAnswersTimeout) {
    open();
    publish(1);
    const TimePoint now = world->clock().now();
    model::MetricQuery query{.kind = model::MetricKind::events, .window = {now - 24h, now + 1h}};
    const Deadline passed = Deadline::after(world->clock(), 0s);
    EXPECT_EQ(world->await(world->metrics().count(query, passed)).error().code(), Errc::timeout);
}

}  // namespace
}  // namespace outpost::embedded
