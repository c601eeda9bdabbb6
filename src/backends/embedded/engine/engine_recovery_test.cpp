// What a start makes of what it finds: after a kill, over files that were cut, filled with garbage, or lost.
#include "backends/embedded/engine/engine_fixture.hpp"
#include "ports/fakes/dice.hpp"

namespace outpost::embedded {
namespace {

using namespace fakes;

class EngineRecoveryTest : public EngineTest, public testing::WithParamInterface<std::size_t> {
protected:
    explicit EngineRecoveryTest() : EngineTest(GetParam()) {}

    /// The directory as a killed process leaves it.
    void kill() {
        std::filesystem::remove_all(folder / "killed");
        std::filesystem::copy(directory, folder / "killed", std::filesystem::copy_options::recursive);
        world->close();
        std::filesystem::remove_all(directory);
        std::filesystem::rename(folder / "killed", directory);
    }
    /// Fills a log: events e0… of two tenants, each for its own destination; some delivered, some waiting.
    void fill(int events) {
        for (int i = 0; i < events; ++i) {
            const std::string tenant = fmt::format("t{}", i % 2);
            const auto to = destination(fmt::format("d{}", i % 2), tenant);
            const auto accepted = try_accept(fmt::format("e{}", i), {to}, tenant);
            ASSERT_TRUE(accepted.has_value());
            world->run();
            const model::DeliveryKey key{accepted->front().event, to};
            if (i % 3 == 0) settle(key);
            if (i % 3 == 1) settle(key, 1h);
        }
    }
    /// Everything the sinks were given is what was published for that destination.
    void expect_right_payloads() {
        for (std::size_t shard = 0; shard < world->shards().size(); ++shard) {
            for (const model::Delivery& delivery : world->sink(shard).taken()) {
                const int number = std::stoi(delivery.event->id.value.substr(1));
                EXPECT_EQ(delivery.event->tenant_id.value, fmt::format("t{}", number % 2));
                EXPECT_EQ(delivery.key.destination, tenant_destinations.at(delivery.event->tenant_id.value));
            }
        }
    }
    void remember_destinations() {
        for (const std::string number : {"0", "1"}) {
            tenant_destinations["t" + number] = destination("d" + number, "t" + number);
        }
    }
    std::size_t stored_count() {
        ports::EventQuery query;
        query.page.limit = 1000;
        const auto page = world->await(world->log().list_events(query, Deadline::never()));
        EXPECT_TRUE(page.has_value()) << page.error().describe();
        return page ? page->events.size() : 0;
    }
    std::size_t held_count() { return world->sink(0).held_count() + world->sink(1).held_count(); }

    std::map<std::string, model::DestinationKey> tenant_destinations;
};

TEST_P(EngineRecoveryTest, AKillLosesNothingThatWasAnswered) {  // hard-cases T-01, T-05
    open();
    fill(30);
    const std::uint64_t open_before = ledger().depth().open;
    kill();
    open();
    EXPECT_EQ(stored_count(), 30U);
    EXPECT_EQ(ledger().depth().open, open_before);
    EXPECT_EQ(open_before, 20U);
    EXPECT_EQ(held_count(), 10U);  // what was held is due again
    world->advance(1h);
    EXPECT_EQ(held_count(), 20U);
    for (int i = 0; i < 30; ++i) {
        const std::string tenant = fmt::format("t{}", i % 2);
        EXPECT_TRUE(try_accept(fmt::format("e{}", i), {}, tenant)->front().duplicate);
    }
}

TEST_P(EngineRecoveryTest, SurvivesManyKillsInARow) {
    open();
    for (int i = 0; i < 12; ++i) {
        const auto key = accept(fmt::format("e{}", i), destination());
        if (i % 2 == 0) settle(key);
        kill();
        open();
    }
    EXPECT_EQ(stored_count(), 12U);
    EXPECT_EQ(held_count(), 6U);
    EXPECT_EQ(ledger().depth().open, 6U);
}

/// T-03, T-06: the newest file of the log, or its WAL, cut at any place or with garbage behind.
TEST_P(EngineRecoveryTest, ACutOrLitteredLogGivesWhatItHasOrNamesTheFile) {
    open();
    fill(24);
    world->advance(1s);  // the projections see it
    remember_destinations();
    kill();
    const std::filesystem::path good = folder / "good";
    std::filesystem::rename(directory, good);
    std::filesystem::path newest;
    for (const auto& entry : std::filesystem::directory_iterator(good / "log")) {
        if (entry.path().extension() == ".db" && entry.path() > newest) newest = entry.path();
    }
    std::size_t opened_count = 0;
    for (const std::string& name : {newest.filename().string() + "-wal", newest.filename().string()}) {
        const std::string content = read_file(good / "log" / name);
        for (int cut = 0; cut <= 20; ++cut) {
            std::filesystem::remove_all(directory);
            std::filesystem::copy(good, directory, std::filesystem::copy_options::recursive);
            std::filesystem::remove(directory / "log" / (newest.filename().string() + "-shm"));
            std::string damaged = content.substr(0, content.size() * static_cast<std::size_t>(cut) / 20);
            if (cut % 3 == 1) damaged += std::string(3'000, '\x5a');
            if (cut % 3 == 2) damaged += std::string(3'000, '\0');
            write_file(directory / "log" / name, damaged);
            world = new_world(directory);
            const auto opened = world->open();
            if (!opened) {
                EXPECT_NE(opened.error().describe().find(newest.filename().string()), std::string::npos)
                    << opened.error().describe();
                continue;
            }
            ++opened_count;
            const std::size_t stored = stored_count();
            EXPECT_LE(stored, 24U);
            // New events take no place of an old one: the waiting deliveries would meet them.
            population.erase(world.get());
            population.try_emplace(world.get(), *world);
            for (int i = 100; i < 140; ++i) {
                const std::string tenant = fmt::format("t{}", i % 2);
                ASSERT_TRUE(try_accept(fmt::format("e{}", i), {tenant_destinations.at(tenant)}, tenant).has_value());
            }
            world->advance(2h);
            expect_right_payloads();
            EXPECT_EQ(stored_count(), stored + 40);
            EXPECT_EQ(ledger().depth().open, held_count());
        }
    }
    EXPECT_GT(opened_count, 10U);
}

TEST_P(EngineRecoveryTest, DeliveriesOfALostLogNeverMeetOtherEvents) {  // T-06: the worst that could happen
    open();
    fill(24);
    world->advance(1s);  // the projections see it
    remember_destinations();
    world->close();
    std::filesystem::remove_all(directory / "log");
    world = new_world(directory);  // sinks that remember nothing
    open();
    EXPECT_EQ(ledger().depth().open, 0U);
    for (int i = 101; i < 140; i += 2) {
        ASSERT_TRUE(try_accept(fmt::format("e{}", i), {tenant_destinations.at("t1")}, "t1").has_value());
    }
    world->advance(2h);
    expect_right_payloads();
    EXPECT_EQ(held_count(), 20U);
}

TEST_P(EngineRecoveryTest, ALogWithoutItsControlFileIsRefused) {
    open();
    fill(6);
    world->close();
    for (const char* name : {"control.db", "control.db-wal", "control.db-shm"})
        std::filesystem::remove(directory / name);
    const auto opened = world->open();
    ASSERT_FALSE(opened.has_value());
    EXPECT_NE(opened.error().describe().find("control.db is missing"), std::string::npos);
}

TEST_P(EngineRecoveryTest, AnOlderControlFileCatchesUp) {  // the documented order of a backup: control.db first
    open();
    fill(9);
    world->close();
    const std::string older = read_file(directory / "control.db");
    open();
    for (int i = 9; i < 30; ++i) accept(fmt::format("e{}", i), destination("d0", "t0"));
    const std::uint64_t open_before = ledger().depth().open;
    kill();
    for (const char* name : {"control.db-wal", "control.db-shm"}) std::filesystem::remove(directory / name);
    write_file(directory / "control.db", older);
    const auto opened = world->open();
    ASSERT_TRUE(opened.has_value()) << opened.error().describe();
    EXPECT_EQ(ledger().depth().open, open_before);
    EXPECT_EQ(stored_count(), 30U);
}

/// T-06: a segment that was damaged at random is named, and nothing else is lost with it.
TEST_P(EngineRecoveryTest, ADamagedSegmentIsNamedAndTheOthersAreStillReadable) {
    if (GetParam() > 1000) GTEST_SKIP() << "one segment has no others";
    open();
    std::map<std::string, std::uint32_t> segment_of;
    for (int i = 0; i < 30; ++i) {
        const auto key = accept(fmt::format("e{}", i), destination());
        segment_of[fmt::format("e{}", i)] = key.event.segment;
        settle(key);
    }
    for (int i = 0; i < 5; ++i) world->advance(5s);  // sealed
    world->close();
    const std::filesystem::path good = folder / "good";
    std::filesystem::rename(directory, good);
    ports::fakes::Dice dice(7);
    std::size_t unreadable = 0, named = 0;
    for (int round = 0; round < 60; ++round) {
        std::filesystem::remove_all(directory);
        std::filesystem::copy(good, directory, std::filesystem::copy_options::recursive);
        const auto damaged = static_cast<std::uint32_t>(1 + dice.below(6));
        const std::string name = fmt::format("{:08}.db", damaged);
        std::string content = read_file(directory / "log" / name);
        const std::size_t at = dice.below(content.size());
        if (round % 3 == 0) content.resize(at);
        else
            content.replace(at, std::min<std::size_t>(4096, content.size() - at), std::string(4096, char(dice.next())));
        write_file(directory / "log" / name, content);
        world = new_world(directory);
        const auto opened = world->open();
        ASSERT_TRUE(opened.has_value()) << opened.error().describe();
        for (const auto& [event, segment] : segment_of) {
            const auto found = world->await(world->log().find_event(TenantId("t1"), EventId(event), Deadline::never()));
            if (segment != damaged) EXPECT_TRUE(found.has_value()) << event << ": " << found.error().describe();
            if (found || segment != damaged) continue;
            ++unreadable;
            if (found.error().code() == Errc::corrupt) named += found.error().describe().contains(name) ? 1 : 0;
        }
    }
    EXPECT_GT(unreadable, 50U);
    EXPECT_GT(named, unreadable / 2);  // of some only the payload is wrong: that names the row
}

INSTANTIATE_TEST_SUITE_P(SegmentRows, EngineRecoveryTest, testing::Values(512 * 1024, 5),
                         [](const auto& info) { return fmt::format("{}", info.param); });

}  // namespace
}  // namespace outpost::embedded
