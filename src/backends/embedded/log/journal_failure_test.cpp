// Disks that are full or broken (hard-cases T-07, T-08): nothing is answered that is not stored, nothing stored is
// lost, and it recovers by itself.
#include "backends/embedded/fakes/faulty_vfs.hpp"
#include "backends/embedded/log/journal_fixture.hpp"

namespace outpost::embedded {
namespace {

using namespace fakes;
using Ref = model::EventRef;

class JournalFailureTest : public JournalFixture {
protected:
    ~JournalFailureTest() override { close(); }  // before the file system goes

    void expect_refused(const Reply& reply) {
        ASSERT_FALSE(reply.has_value());
        EXPECT_EQ(reply.error().code(), Errc::unavailable);
        EXPECT_FALSE(journal->ready().has_value());
    }

    FaultyVfs disk;
};

TEST_F(JournalFailureTest, RefusesWhileTheDiskIsFullAndRecoversInTheSameSegment) {
    open();
    accepted("e1");
    disk.fail(SQLITE_FULL, "-wal");
    expect_refused(accept("e2"));
    expect_refused(accept("e3"));
    EXPECT_EQ(listener.changes, std::vector<bool>{false});
    const std::string reason = journal->ready().error().describe();
    EXPECT_NE(reason.find("full"), std::string::npos) << reason;
    EXPECT_NE(reason.find("since " + to_rfc3339(loop.clock().now())), std::string::npos) << reason;

    for (int second = 0; second < 10; ++second) loop.advance(1s);  // the probe finds it full still
    EXPECT_EQ(listener.changes, std::vector<bool>{false});
    EXPECT_EQ(disk.heal(), 12U);
    loop.advance(1s);  // and now it does not
    EXPECT_EQ(listener.changes, (std::vector<bool>{false, true}));
    EXPECT_TRUE(journal->ready().has_value());
    EXPECT_EQ(accepted("e2"), (Ref{1, 1}));
    EXPECT_TRUE(listener.finished_segments.empty());
    open();
    EXPECT_EQ(tail().size(), 2U);
}

TEST_F(JournalFailureTest, AWriteThatSucceedsEndsTheTroubleBeforeTheProbe) {
    open();
    disk.fail(SQLITE_FULL, "-wal");
    expect_refused(accept("e1"));
    disk.heal();
    accepted("e1");
    EXPECT_EQ(listener.changes, (std::vector<bool>{false, true}));
    loop.advance(1h);  // the probe has ended
    EXPECT_EQ(listener.changes, (std::vector<bool>{false, true}));
    EXPECT_EQ(loop.clock().next_wake(), std::nullopt);
}

TEST_F(JournalFailureTest, AfterAnIoErrorItGoesOnInANewSegment) {  // T-08: the file's pages can't be trusted
    open();
    accepted("e1");
    disk.fail_syncs(SQLITE_IOERR_FSYNC, "-wal");
    expect_refused(accept("e2"));
    disk.heal();
    loop.advance(1s);
    EXPECT_EQ(listener.finished_segments, std::vector<std::uint32_t>{1});
    EXPECT_EQ(accepted("e2"), (Ref{2, 0}));
    EXPECT_TRUE(accept("e1")->front().duplicate);
}

TEST_F(JournalFailureTest, TheAbandonedFileIsNotWrittenAgain) {
    open();
    accepted("e1");
    const std::filesystem::path file = segment_path(folder.path(), 1);
    disk.fail(SQLITE_IOERR_WRITE, "-wal");
    expect_refused(accept("e2"));
    disk.heal();
    const std::string before = read_file(file) + read_file(file.string() + "-wal");
    accepted("e3");
    EXPECT_EQ(read_file(file) + read_file(file.string() + "-wal"), before);
}

/// T-07, T-08: at each write and sync of a commit.
TEST_F(JournalFailureTest, LosesNothingWhereverACommitFails) {
    for (const int code : {SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC}) {
        for (std::size_t after = 0;; ++after) {
            std::filesystem::remove_all(folder.path());
            std::filesystem::create_directory(folder.path());
            settings.segment_rows_max = 2;
            open();
            std::set<std::string> answered;
            std::set<std::string> refused;
            disk.fail(code, ".db", after);
            for (int i = 0; i < 5; ++i) {
                const std::string id = fmt::format("e{}", i);
                (accept(id).has_value() ? answered : refused).insert(id);
            }
            const std::size_t struck = disk.heal();
            loop.advance(2s);
            EXPECT_TRUE(journal->ready().has_value());
            for (const std::string& id : refused) {
                EXPECT_TRUE(accept(id).has_value());
                answered.insert(id);
            }
            for (const std::string& id : answered) EXPECT_TRUE(accept(id)->front().duplicate) << id;
            open();
            EXPECT_TRUE(std::ranges::includes(stored_ids(), answered)) << code << " after " << after;
            for (const std::string& id : answered) EXPECT_TRUE(accept(id)->front().duplicate) << id;
            ASSERT_LT(after, 200U);
            if (struck == 0) break;  // it reached the end without meeting the fault
        }
    }
}

TEST_F(JournalFailureTest, SettlementsAndDecisionsAreRefusedAndMayBeRepeated) {
    open();
    const Ref ref = accepted("e1");
    const model::DeliveryKey key{ref, {1, 7, 1}};
    const auto settlement = make_settlement(key, make_event({.id = "e1"}), "a1", 1, kNow);
    disk.fail(SQLITE_FULL, "-wal");
    EXPECT_EQ(settle({settlement}).error().code(), Errc::unavailable);
    const auto decided =
        loop.await(journal->decide({make_decision(key, ports::DecisionKind::cancelled)}, Deadline::never()));
    EXPECT_EQ(decided.error().code(), Errc::unavailable);
    disk.heal();
    EXPECT_EQ(settle({settlement}), std::vector<bool>{true});
    EXPECT_EQ(settle({settlement}), std::vector<bool>{false});
    EXPECT_EQ(tail().size(), 2U);
}

TEST_F(JournalFailureTest, ASegmentThatCannotBeBegunIsTriedAgain) {
    settings.segment_rows_max = 2;
    open();
    accepted("e1");
    std::filesystem::create_directory(segment_path(folder.path(), 2));
    accepted("e2");  // stored, but there is no place for the next one
    EXPECT_EQ(listener.changes, std::vector<bool>{false});
    expect_refused(accept("e3"));
    loop.advance(30s);
    EXPECT_EQ(listener.changes, std::vector<bool>{false});
    std::filesystem::remove(segment_path(folder.path(), 2));
    loop.advance(1s);
    EXPECT_EQ(listener.changes, (std::vector<bool>{false, true}));
    EXPECT_EQ(listener.finished_segments, std::vector<std::uint32_t>{1});
    EXPECT_EQ(accepted("e3"), (Ref{2, 0}));
}

TEST_F(JournalFailureTest, ClosesWhileTheProbeSleeps) {
    open();
    disk.fail(SQLITE_FULL, "-wal");
    expect_refused(accept("e1"));
    EXPECT_NE(loop.clock().next_wake(), std::nullopt);
    loop.await(journal->close());
    EXPECT_EQ(loop.clock().next_wake(), std::nullopt);
    EXPECT_EQ(accept("e2").error().code(), Errc::unavailable);
    EXPECT_EQ(loop.clock().next_wake(), std::nullopt);  // no new probe
}

TEST_F(JournalFailureTest, RefusesOneRequestWhenEarlierEventsCannotBeLookedUp) {
    settings.segment_rows_max = 1;
    open();
    accepted("e1");
    // A sealed segment within the window whose file is away for the moment.
    const std::filesystem::path file = segment_path(folder.path(), 1);
    segments->put(
        {.number = 1, .file = file, .tail = nullptr, .range = {.received_last = unix_ms(loop.clock().now())}});
    std::filesystem::rename(file, folder / "away");
    const auto reply = accept("e2");
    ASSERT_FALSE(reply.has_value());
    EXPECT_EQ(reply.error().code(), Errc::unavailable);
    EXPECT_TRUE(listener.changes.empty());  // the log itself is well
    EXPECT_TRUE(journal->ready().has_value());
    std::vector<ports::Acceptance> ours;
    ours.push_back(make_acceptance({.id = "e3"}));
    EXPECT_TRUE(accept(std::move(ours)).has_value());
}

}  // namespace
}  // namespace outpost::embedded
