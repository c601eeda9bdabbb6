// A disk that fails under a running engine (hard-cases T-06…T-08), and facts that meet each other on their way.
#include "backends/embedded/engine/engine_fixture.hpp"
#include "backends/embedded/fakes/faulty_vfs.hpp"

namespace outpost::embedded {
namespace {

using namespace fakes;
using enum ports::DecisionKind;

class EngineFailureTest : public EngineTest {
protected:
    EngineFailureTest() : EngineTest(4) {}
    ~EngineFailureTest() override { world->close(); }  // before the file system goes

    FaultyVfs disk;
};

TEST_F(EngineFailureTest, AFullDiskClosesAcceptAndDispatchAndNothingElse) {  // T-07
    open();
    const auto in_flight = accept("e1", destination());
    const auto waiting = accept("e2", destination("d2"));
    settle(waiting, 30s);
    disk.fail(SQLITE_FULL, "/log/");
    EXPECT_EQ(try_accept("e3", {destination()}).error().code(), Errc::unavailable);
    EXPECT_FALSE(ledger().ready().has_value());
    world->advance(1min);
    EXPECT_FALSE(is_held(waiting));  // it is due, but what came of it could not be kept
    EXPECT_TRUE(is_stored("e1"));
    const auto settlement = settlement_of(in_flight);
    EXPECT_EQ(try_settle(settlement).error().code(), Errc::unavailable);

    disk.heal();
    world->advance(1s);
    EXPECT_TRUE(ledger().ready().has_value());
    EXPECT_TRUE(try_settle(settlement).has_value());
    EXPECT_TRUE(is_held(waiting));
    EXPECT_FALSE(try_accept("e3", {destination()})->front().duplicate);
    settle(waiting);
    EXPECT_EQ(ledger().depth().open, 1U);
}

TEST_F(EngineFailureTest, AFullDiskUnderTheControlFileDelaysProjectionsOnly) {
    open();
    const auto key = accept("e1", destination());
    disk.fail(SQLITE_FULL, "control.db");
    settle(key, 30s);
    world->advance(10s);
    const auto other = accept("e2", destination());
    EXPECT_TRUE(is_held(other));
    EXPECT_GT(disk.heal(), 0U);
    world->advance(20s);
    EXPECT_TRUE(is_held(key));
    world->close();
    open();
    EXPECT_EQ(ledger().depth().open, 2U);
}

TEST_F(EngineFailureTest, ASegmentThatCannotBeSealedHoldsUpNoOther) {
    open();
    for (int i = 0; i < 4; ++i) accept(fmt::format("e{}", i), destination());
    disk.fail(SQLITE_IOERR_WRITE, "00000001.db");  // it is finished, and can't be sealed
    for (int i = 4; i < 20; ++i) accept(fmt::format("e{}", i), destination());
    for (int i = 0; i < 20; ++i) world->advance(5s);
    const auto control = directory / "control.db";
    EXPECT_EQ(ask(control, "SELECT count(*) FROM segments WHERE number = 1"), 0);
    EXPECT_EQ(ask(control, "SELECT count(*) FROM segments"), 4);
    EXPECT_GT(disk.heal(), 1U);
    for (int i = 0; i < 5; ++i) world->advance(5s);
    EXPECT_EQ(ask(control, "SELECT count(*) FROM segments"), 5);
}

TEST_F(EngineFailureTest, ADamagedEventHoldsUpNoOtherDelivery) {  // T-06
    open();
    auto& sink = world->sink_of(destination());
    sink.set_capacity(0);
    std::vector<model::DeliveryKey> keys;
    for (int i = 0; i < 10; ++i) keys.push_back(accept(fmt::format("e{}", i), destination()));
    world->advance(1min);  // projected and sealed
    world->close();        // the next process does not have them in memory
    {
        const auto file = directory / "log" / fmt::format("{:08}.db", keys[5].event.segment);
        auto segment = Database::open(file, OpenMode::existing);
        ASSERT_TRUE(segment->execute("UPDATE events SET data = '{\"another\":1}' WHERE id = 'e5'"));
        ASSERT_TRUE(segment->query_integer("PRAGMA wal_checkpoint(TRUNCATE)").has_value());
    }
    open();
    sink.set_capacity(100);
    ledger().demand(destination());
    world->advance(1min);
    EXPECT_EQ(sink.held_count(), 9U);
    EXPECT_FALSE(is_held(keys[5]));
    EXPECT_EQ(ledger().depth().open, 10U);  // it stays open: nothing is given up silently
}

TEST_F(EngineFailureTest, ADamagedSealedSegmentDoesNotStopTheLog) {
    open();
    for (int i = 0; i < 9; ++i) accept(fmt::format("e{}", i), destination());
    world->advance(1min);
    write_file(directory / "log" / "00000001.db", std::string(30'000, 'x'));
    EXPECT_TRUE(try_accept("new", {destination()}).has_value());  // looks into all segments of the window
    EXPECT_TRUE(ledger().ready().has_value());
    EXPECT_TRUE(try_accept("e8", {destination()})->front().duplicate);
}

/// T-08: the rows of a commit whose sync failed lie in the WAL, and whoever opens that file next finds them.
TEST_F(EngineFailureTest, WhatARefusedCommitLeavesBehindIsNeverTakenForStored) {
    open();
    accept("e1", destination());
    disk.fail_syncs(SQLITE_IOERR_FSYNC, "-wal", 0, 1);
    EXPECT_EQ(try_accept("e2", {destination()}).error().code(), Errc::unavailable);
    for (int i = 0; i < 3; ++i) world->advance(5s);  // a new segment is begun, the old one sealed
    EXPECT_EQ(ask(directory / "control.db", "SELECT count(*) FROM segments"), 1);
    EXPECT_FALSE(is_stored("e2"));
    EXPECT_FALSE(try_accept("e2", {destination()})->front().duplicate);  // else it were promised and never delivered
    EXPECT_EQ(ledger().depth().open, 2U);
}

TEST_F(EngineFailureTest, WhatARefusedCommitLeavesBehindIsNotThereAfterAKill) {
    open();
    accept("e1", destination());
    disk.fail_syncs(SQLITE_IOERR_FSYNC, "-wal", 0, 1);
    EXPECT_FALSE(try_accept("e2", {destination()}).has_value());
    EXPECT_FALSE(try_accept("e2", {destination()})->front().duplicate);
    const auto killed = folder / "killed";
    std::filesystem::copy(directory, killed, std::filesystem::copy_options::recursive);
    for (const char* number : {"1", "2"}) {
        std::filesystem::remove(killed / "log" / fmt::format("0000000{}.db-shm", number));
    }
    world->close();
    world = new_world(killed);
    ASSERT_TRUE(world->open().has_value());
    EXPECT_EQ(ledger().depth().open, 2U);
    EXPECT_EQ(ask(killed / "log" / "00000001.db", "SELECT count(*) FROM events"), 1);
    EXPECT_EQ(ask(killed / "log" / "00000002.db", "SELECT count(*) FROM events"), 1);
}

// ---- facts that meet

TEST_F(EngineFailureTest, AManualRetryThatMeetsTheEndOfAnAttemptTakesTheNextNumber) {  // decision B8
    open();
    const auto key = accept("e1", destination());
    const std::size_t shard = world->shards().owner_of(key.destination.destination);
    std::vector<ports::Settlement> batch(1, settlement_of(key));
    world->sink_of(key.destination).release_settled(key, 1);
    const auto settling = world->start(ledger().settle(std::move(batch), Deadline::never()), shard);
    const auto retrying = world->start(deciding(key, redeliver), shard);  // before the answer of the other
    world->run();
    ASSERT_TRUE(settling->has_value() && (**settling).has_value());
    ASSERT_TRUE(retrying->has_value() && (**retrying).has_value());
    ASSERT_TRUE(is_held(key));  // the sink checks the number too
    EXPECT_EQ(world->sink_of(key.destination).held(key).attempts_settled, 1U);
    EXPECT_TRUE(world->sink_of(key.destination).held(key).manual);
    EXPECT_EQ(ledger().depth().open, 1U);
    settle(key);
    EXPECT_EQ(ledger().depth().open, 0U);
}

TEST_F(EngineFailureTest, AnAttemptThatEndsAfterItsDeliveryWasCancelledCountsOnce) {
    open();
    const auto other = accept("other", destination("d2"));
    const auto key = accept("e1", destination());
    const auto late = settlement_of(key);
    world->sink_of(key.destination).release(key);
    decide(key, cancelled);
    EXPECT_EQ(ledger().depth().open, 1U);
    EXPECT_TRUE(try_settle(late).has_value());
    EXPECT_EQ(ledger().depth().open, 1U);
    settle(other);
    EXPECT_EQ(ledger().depth().open, 0U);
}

TEST_F(EngineFailureTest, TwoManualRetriesOfAClosedDeliveryOpenItOnce) {
    open();
    const auto key = accept("e1", destination());
    const std::size_t shard = world->shards().owner_of(key.destination.destination);
    settle(key);
    const auto first = world->start(deciding(key, redeliver), shard);
    const auto second = world->start(deciding(key, redeliver), shard);
    world->run();
    ASSERT_TRUE(first->has_value() && second->has_value());
    EXPECT_EQ(ledger().depth().open, 1U);
    EXPECT_TRUE(is_held(key));
    EXPECT_EQ(world->sink_of(key.destination).taken_count(key), 2U);
}

TEST_F(EngineFailureTest, MayBeDestroyedRightAfterClosing) {  // whatever was posted meanwhile
    open();
    std::vector<ports::Acceptance> batch;
    batch.push_back(population.at(world.get()).acceptance({.id = EventId("e1")}, {destination()}));
    const auto pending = world->start(ledger().accept(std::move(batch), Deadline::never()));
    const auto retrying =
        world->start(deciding({{1, 0}, destination()}, redeliver), world->shards().owner_of(destination().destination));
    world->io().poll_one();
    world->close();
    EXPECT_TRUE(pending->has_value());
}

}  // namespace
}  // namespace outpost::embedded
