// Segments go while the service runs; what is open in them stays (design.md §4 "Retention", hard-cases T-15).
#include "backends/embedded/engine/engine_fixture.hpp"
#include "backends/embedded/fakes/faulty_vfs.hpp"
#include "backends/embedded/log/segment_file.hpp"

#include <random>

namespace outpost::embedded {
namespace {

using namespace fakes;
using enum ports::DecisionKind;

constexpr auto kDay = std::chrono::hours(24);

class EngineRetentionTest : public EngineTest {
protected:
    EngineRetentionTest() : EngineTest(4) {
        world->adjust = [this](EngineSettings& settings) {
            settings.retention_bytes = bytes_max;
            settings.disk_space = [this](const std::filesystem::path&) -> Result<DiskSpace> { return disk; };
        };
    }
    ~EngineRetentionTest() override { world->close(); }

    bool has_segment(int number) {
        return std::filesystem::exists(directory / "log" / fmt::format("{:08}.db", number));
    }
    /// Rows that mean nothing, until at least so many segments were begun.
    void roll_past(std::uint32_t number) {
        while (true) {
            const auto key = accept(fmt::format("filler{}", ++last_filler), destination("filler"));
            settle(key);
            if (key.event.segment > number) return;
        }
    }
    /// One delivered event and one that waits for its second attempt, in segment 1, behind which others follow.
    void begin(Milliseconds retry_in) {
        open();
        done = accept("done", destination());
        settle(done);
        waiting = accept("waiting", destination("d2"));
        settle(waiting, retry_in);
        roll_past(2);
        world->advance(1s);  // projected, sealed
        ASSERT_EQ(waiting.event.segment, 1U);
    }
    void grow_old() {
        world->advance(31 * kDay);
        world->advance(1h);
    }
    void restart() {
        world->close();
        open();
    }
    std::vector<std::string> listed() {
        ports::EventQuery query;
        query.page.limit = 1000;
        const auto page = world->await(world->log().list_events(query, Deadline::never()));
        EXPECT_TRUE(page.has_value()) << page.error().describe();
        std::vector<std::string> ids;
        for (const auto& record : page->events) ids.push_back(record.event->id.value);
        return ids;
    }
    std::size_t listed_count(const std::string& id) { return std::ranges::count(listed(), id); }
    Result<void> try_redeliver(const model::DeliveryKey& key) {
        return world->await(deciding(key, redeliver), world->shards().owner_of(key.destination.destination));
    }

    std::optional<std::uint64_t> bytes_max;
    DiskSpace disk{.capacity = 1'000'000'000, .available = 900'000'000};
    model::DeliveryKey done, waiting;
    int last_filler = 0;
};

TEST_F(EngineRetentionTest, OldSegmentsGoAndTheOpenOneStays) {  // decision D14
    begin(kDay);
    world->advance(29 * kDay);
    EXPECT_TRUE(has_segment(1));
    settle(accept("young", destination()));
    world->advance(2 * kDay);
    EXPECT_FALSE(has_segment(1));
    EXPECT_FALSE(is_stored("done"));
    EXPECT_EQ(
        world->await(world->log().find_attempt(std::nullopt, AttemptId("a1"), true, Deadline::never())).error().code(),
        Errc::not_found);
    EXPECT_EQ(try_redeliver(done).error().code(), Errc::not_found);
    EXPECT_TRUE(is_stored("young"));
    restart();
    EXPECT_TRUE(is_stored("young"));
    EXPECT_FALSE(try_accept("done", {destination()})->front().duplicate);
}

TEST_F(EngineRetentionTest, WhatWaitsIsDeliveredAfterItsSegmentIsGone) {
    begin(40 * kDay);
    grow_old();
    ASSERT_FALSE(has_segment(1));
    EXPECT_FALSE(is_stored("done"));
    EXPECT_EQ(ledger().depth().open, 1U);
    const auto found = world->await(world->log().find_event(std::nullopt, EventId("waiting"), Deadline::never()));
    ASSERT_TRUE(found.has_value()) << found.error().describe();
    EXPECT_EQ(found->ref, waiting.event);  // its name does not change
    EXPECT_EQ(listed_count("waiting"), 1U);
    EXPECT_FALSE(is_held(waiting));
    world->advance(10 * kDay);
    ASSERT_TRUE(is_held(waiting));
    EXPECT_EQ(world->sink_of(waiting.destination).held(waiting).event->id.value, "waiting");
    EXPECT_EQ(world->sink_of(waiting.destination).held(waiting).attempts_settled, 1U);  // decision B8
    settle(waiting);
    EXPECT_EQ(ledger().depth().open, 0U);
}

TEST_F(EngineRetentionTest, ARestartFindsWhatWasCarried) {
    begin(40 * kDay);
    grow_old();
    restart();
    EXPECT_EQ(ledger().depth().open, 1U);
    EXPECT_EQ(listed_count("waiting"), 1U);
    world->advance(10 * kDay);
    ASSERT_TRUE(is_held(waiting));
    EXPECT_EQ(world->sink_of(waiting.destination).held(waiting).attempts_settled, 1U);
    settle(waiting, 1h);
    restart();
    world->advance(1h);
    EXPECT_EQ(world->sink_of(waiting.destination).held(waiting).attempts_settled, 2U);
}

TEST_F(EngineRetentionTest, ProjectionsCanBeRebuiltFromWhatIsLeft) {
    begin(40 * kDay);
    grow_old();
    world->close();
    {
        auto control = Database::open(directory / "control.db", OpenMode::existing);
        ASSERT_TRUE(
            control->execute("DELETE FROM open_deliveries; DELETE FROM carried_events; DELETE FROM projection;"
                             "DELETE FROM segments"));
    }
    open();
    EXPECT_EQ(ledger().depth().open, 1U);
    world->advance(10 * kDay);
    ASSERT_TRUE(is_held(waiting));
    EXPECT_EQ(world->sink_of(waiting.destination).held(waiting).attempts_settled, 1U);
}

TEST_F(EngineRetentionTest, AnAttemptInFlightEndsAsUsual) {
    open();
    const auto in_flight = accept("in flight", destination("d2"));
    roll_past(2);
    grow_old();
    ASSERT_FALSE(has_segment(1));
    ASSERT_TRUE(is_held(in_flight));
    settle(in_flight, 1h);
    world->advance(1h);
    ASSERT_TRUE(is_held(in_flight));
    EXPECT_EQ(world->sink_of(in_flight.destination).held(in_flight).attempts_settled, 1U);
    settle(in_flight);
    EXPECT_EQ(ledger().depth().open, 0U);
}

TEST_F(EngineRetentionTest, WhatWaitsVeryLongIsCarriedAgain) {
    begin(100 * kDay);
    for (int i = 0; i < 3; ++i) {
        grow_old();
        roll_past(accept(fmt::format("mark{}", i), destination("filler")).event.segment);
        world->advance(1s);
        settle({try_accept(fmt::format("other{}", i), {destination("filler")})->front().event, destination("filler")});
    }
    EXPECT_EQ(listed_count("waiting"), 1U);
    restart();
    world->advance(20 * kDay);
    ASSERT_TRUE(is_held(waiting));
    EXPECT_EQ(world->sink_of(waiting.destination).held(waiting).attempts_settled, 1U);
}

TEST_F(EngineRetentionTest, CopiesAreAsYoungAsTheirCopying) {  // else they would be copied again and again
    open();
    for (int i = 0; i < 8; ++i) {
        const auto key = accept(fmt::format("w{}", i), destination());
        settle(key, 200 * kDay);
    }
    roll_past(5);
    world->advance(1s);
    for (const bool for_space : {false, true}) {
        if (for_space) disk.available = 1;
        grow_old();
        for (int i = 0; i < 30; ++i) world->advance(1s);  // what was copied is sealed
        const auto before = *list_segments(directory / "log");
        for (int i = 0; i < 9; ++i) world->advance(1min);  // one that is mostly open goes every ten minutes
        EXPECT_EQ(*list_segments(directory / "log"), before);
        EXPECT_EQ(ledger().depth().open, 8U);
    }
}

TEST_F(EngineRetentionTest, AClosedDeliveryOfACarriedEventMayBeAskedForAgain) {
    open();
    const auto accepted = try_accept("e1", {destination(), destination("d2")});
    world->run();
    const model::DeliveryKey closed{accepted->front().event, destination()};
    const model::DeliveryKey open_one{accepted->front().event, destination("d2")};
    settle(open_one, 60 * kDay);
    roll_past(2);
    settle(closed);  // in a segment that stays
    roll_past(closed.event.segment + 3);
    world->advance(1s);
    grow_old();
    ASSERT_FALSE(has_segment(1));
    EXPECT_EQ(ledger().depth().open, 1U);  // the copy opens nothing
    ASSERT_TRUE(try_redeliver(open_one).has_value());
    world->run();
    EXPECT_TRUE(is_held(open_one));
    EXPECT_EQ(world->sink_of(open_one.destination).held(open_one).attempts_settled, 1U);
}

TEST_F(EngineRetentionTest, AnIdIsADuplicateForAllOfItsWindow) {  // decision A6: segments inside it never go
    bytes_max = 1;
    begin(kDay);
    world->advance(59min);
    EXPECT_TRUE(has_segment(1));
    EXPECT_TRUE(try_accept("done", {destination()})->front().duplicate);
    world->advance(2min);
    world->advance(1min);
    EXPECT_FALSE(has_segment(1));
}

TEST_F(EngineRetentionTest, ADiskThatIsNearlyFullTakesTheOldest) {
    begin(kDay);
    world->advance(2h);
    EXPECT_TRUE(has_segment(1));
    disk.available = 1;
    world->advance(1min);
    EXPECT_FALSE(has_segment(1));
    EXPECT_TRUE(is_stored("waiting"));
}

TEST_F(EngineRetentionTest, LooksAtNothingWhileNothingIsSealed) {  // budget B9
    open();
    settle(accept("e1", destination()));
    world->advance(1s);
    disk.available = 1;
    world->advance(90 * kDay);
    EXPECT_TRUE(is_stored("e1"));
    EXPECT_EQ(world->clock().next_wake(), std::nullopt);
}

TEST_F(EngineRetentionTest, ABackupKeepsSegmentsUntilItIsDone) {
    begin(kDay);
    {
        const auto hold = RetentionHold::take(directory, RetentionHold::Wish::share);
        ASSERT_TRUE(hold.has_value());
        grow_old();
        EXPECT_TRUE(has_segment(1));
    }
    world->advance(1min);
    EXPECT_FALSE(has_segment(1));
}

TEST_F(EngineRetentionTest, AnOpenEventThatIsDamagedKeepsItsSegment) {  // T-06: nothing is given up silently
    begin(kDay * 60);
    world->close();
    {
        auto segment = Database::open(directory / "log" / "00000001.db", OpenMode::existing);
        ASSERT_TRUE(segment->execute("UPDATE events SET data = '{}' WHERE id = 'waiting'"));
        ASSERT_TRUE(segment->query_integer("PRAGMA wal_checkpoint(TRUNCATE)").has_value());
    }
    open();
    grow_old();
    EXPECT_TRUE(has_segment(1));
    EXPECT_EQ(ledger().depth().open, 1U);
    decide(waiting, cancelled);
    world->advance(1min);
    EXPECT_FALSE(has_segment(1));
}

// ---- trouble and crashes between the steps

class EngineRetentionFailureTest : public EngineRetentionTest {
protected:
    ~EngineRetentionFailureTest() override { world->close(); }  // before the file system goes
    /// The directory as a killed process leaves it; then a new process.
    void kill_and_open() {
        std::filesystem::remove_all(folder / "killed");
        std::filesystem::copy(directory, folder / "killed", std::filesystem::copy_options::recursive);
        world->close();
        vfs.heal();
        std::filesystem::remove_all(directory);
        std::filesystem::rename(folder / "killed", directory);
        open();
    }
    std::int64_t copies() {
        std::int64_t count = 0;
        const auto numbers = list_segments(directory / "log");
        for (const std::uint32_t number : *numbers) {
            count += *ask(segment_path(directory / "log", number),
                          "SELECT count(*) FROM events WHERE origin_segment IS NOT NULL");
        }
        return count;
    }
    void expect_delivered_once_more() {
        EXPECT_EQ(listed_count("waiting"), 1U);
        EXPECT_EQ(ledger().depth().open, 1U);
        world->advance(10 * kDay);
        ASSERT_TRUE(is_held(waiting));
        EXPECT_EQ(world->sink_of(waiting.destination).held(waiting).attempts_settled, 1U);
        settle(waiting);
        EXPECT_EQ(ledger().depth().open, 0U);
    }
    FaultyVfs vfs;
};

TEST_F(EngineRetentionFailureTest, ALogThatCannotBeWrittenKeepsTheSegment) {
    begin(40 * kDay);
    vfs.fail(SQLITE_FULL, "/log/");
    grow_old();
    EXPECT_TRUE(has_segment(1));
    vfs.heal();
    world->advance(1min);
    world->advance(1min);
    EXPECT_FALSE(has_segment(1));
    expect_delivered_once_more();
}

TEST_F(EngineRetentionFailureTest, AKillBetweenCopyAndRecordCopiesNothingTwice) {
    begin(40 * kDay);
    vfs.fail(SQLITE_IOERR_WRITE, "control.db");
    grow_old();
    ASSERT_TRUE(has_segment(1));
    ASSERT_EQ(copies(), 1);
    EXPECT_EQ(listed_count("waiting"), 1U);  // the copy is hidden
    EXPECT_EQ(listed_count("done"), 1U);
    kill_and_open();
    EXPECT_EQ(listed_count("waiting"), 1U);
    world->advance(1min);
    EXPECT_FALSE(has_segment(1));
    EXPECT_EQ(copies(), 1);
    expect_delivered_once_more();
}

TEST_F(EngineRetentionFailureTest, AKillBetweenRecordAndRemovalRemovesAtStart) {
    begin(40 * kDay);
    const std::string content = read_file(directory / "log" / "00000001.db");
    grow_old();
    ASSERT_FALSE(has_segment(1));
    world->close();
    write_file(directory / "log" / "00000001.db", content);
    write_file(directory / "log" / "00000001.db-wal", "");
    open();
    EXPECT_FALSE(has_segment(1));
    EXPECT_FALSE(std::filesystem::exists(directory / "log" / "00000001.db-wal"));
    EXPECT_EQ(listed_count("done"), 0U);
    expect_delivered_once_more();
}

TEST_F(EngineRetentionFailureTest, AnEarlierControlFileFindsTheCopies) {  // power cut: the projection was not on disk
    begin(40 * kDay);
    world->close();
    const std::string earlier = read_file(directory / "control.db");
    open();
    grow_old();
    ASSERT_FALSE(has_segment(1));
    world->close();
    for (const char* name : {"control.db-wal", "control.db-shm"}) std::filesystem::remove(directory / name);
    write_file(directory / "control.db", earlier);
    open();
    expect_delivered_once_more();
}

TEST_F(EngineRetentionFailureTest, AFullDiskGetsItsSpaceBackAllTheSame) {  // T-07: control.db can take no note
    open();
    done = accept("done", destination());
    settle(done);
    roll_past(2);
    world->advance(1s);
    vfs.fail(SQLITE_FULL, "control.db");
    grow_old();
    EXPECT_FALSE(has_segment(1));
    kill_and_open();
    EXPECT_FALSE(is_stored("done"));
    EXPECT_EQ(ledger().depth().open, 0U);
}

// ---- anything at all

class EngineRetentionModelTest : public EngineRetentionTest, public testing::WithParamInterface<std::uint64_t> {};

/// Whatever happens in whatever order: every delivery that is open is offered in the end, with its own event and the
/// next number, and none that is closed.
TEST_P(EngineRetentionModelTest, OpenDeliveriesSurviveAndClosedOnesStayClosed) {
    std::mt19937_64 random(GetParam());
    const auto below = [&](std::uint64_t sides) { return random() % sides; };
    struct Known {
        std::string event;
        std::uint32_t attempts = 0;
        bool open = true;
    };
    std::map<model::DeliveryKey, Known> model;
    bytes_max = 1;  // as soon as the window allows
    open();
    const std::vector<model::DestinationKey> destinations = {destination("d1"), destination("d2"), destination("d3")};
    const auto any = [&](bool only_held) -> std::optional<model::DeliveryKey> {
        std::vector<model::DeliveryKey> keys;
        for (const auto& [key, known] : model) {
            if (known.open && (!only_held || is_held(key))) keys.push_back(key);
        }
        if (keys.empty()) return std::nullopt;
        return keys[below(keys.size())];
    };
    for (int step = 0; step < 150; ++step) {
        const std::uint64_t side = below(20);
        if (side < 7) {
            const std::string id = fmt::format("e{}", step);
            std::vector<model::DestinationKey> to(destinations.begin(),
                                                  destinations.begin() + static_cast<std::ptrdiff_t>(1 + below(3)));
            const auto accepted = try_accept(id, to);
            ASSERT_TRUE(accepted.has_value());
            for (const auto& key : to) model[{accepted->front().event, key}] = {.event = id};
            world->run();
        } else if (side < 15) {
            const auto key = any(true);
            if (!key) continue;
            const bool again = below(3) == 0;
            settle(*key, again ? std::optional<Milliseconds>(std::chrono::hours(below(8))) : std::nullopt);
            ++model[*key].attempts;
            model[*key].open = again;
        } else if (side < 16) {
            const auto key = any(false);
            if (!key || is_held(*key)) continue;
            decide(*key, cancelled);
            model[*key].open = false;
        } else if (side < 17) {
            const auto key = any(false);
            if (!key || is_held(*key)) continue;
            ASSERT_TRUE(try_redeliver(*key).has_value());
            world->run();
        } else if (side < 18) {
            restart();
        } else {
            world->advance(std::chrono::minutes(1 + below(90)));
            world->advance(1min);
        }
    }
    for (int i = 0; i < 12; ++i) world->advance(1h);
    std::size_t open_count = 0;
    const std::vector<std::string> all = listed();
    for (const auto& [key, known] : model) {
        EXPECT_EQ(is_held(key), known.open) << known.event << " at " << key.event.segment << "/" << key.event.row;
        if (!known.open || !is_held(key)) continue;
        ++open_count;
        const model::Delivery& held = world->sink_of(key.destination).held(key);
        EXPECT_EQ(held.event->id.value, known.event);
        EXPECT_EQ(held.attempts_settled, known.attempts);
        EXPECT_EQ(std::ranges::count(all, known.event), 1);
    }
    EXPECT_EQ(ledger().depth().open, open_count);
    EXPECT_FALSE(has_segment(1));
}

INSTANTIATE_TEST_SUITE_P(Seeds, EngineRetentionModelTest, testing::Range<std::uint64_t>(1, 9));

}  // namespace
}  // namespace outpost::embedded
