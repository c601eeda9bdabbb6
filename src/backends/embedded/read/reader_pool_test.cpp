#include "backends/embedded/read/event_lists.hpp"
#include "backends/embedded/read/reader_pool.hpp"

#include "backends/embedded/fakes/loop.hpp"
#include "backends/embedded/fakes/read_world.hpp"
#include "backends/embedded/read/event_reads.hpp"

namespace outpost::embedded {
namespace {

using namespace fakes;

class ReaderPoolTest : public testing::Test {
protected:
    ReaderPoolTest() { EXPECT_TRUE(pool.open(world.paths, world.segments, world.sealer).has_value()); }

    ReadWorld world;
    Loop loop;
    ReaderPool pool{{loop.executor(), loop.executor()}, loop.clock()};
};

TEST_F(ReaderPoolTest, ReadsInTurnOnEveryReader) {
    std::set<ReadSession*> sessions;
    for (int i = 0; i < 4; ++i) {
        const auto read = [&sessions](ReadSession& session) -> Result<int> {
            sessions.insert(&session);
            return 7;
        };
        EXPECT_EQ(loop.await(pool.run<int>(read, Deadline::never())), 7);
    }
    EXPECT_EQ(sessions.size(), 2U);
}

TEST_F(ReaderPoolTest, RefusesWhatWouldWaitTooLong) {
    std::vector<std::shared_ptr<std::optional<Result<int>>>> reads;
    const auto read = [](ReadSession&) -> Result<int> { return 7; };
    for (std::size_t i = 0; i < kReadsPendingMax + 5; ++i)
        reads.push_back(loop.start(pool.run<int>(read, Deadline::never())));
    loop.run();
    std::size_t refused = 0;
    for (const auto& result : reads) {
        ASSERT_TRUE(result->has_value());
        if ((**result).has_value()) continue;
        ++refused;
        EXPECT_EQ((**result).error().code(), Errc::unavailable);
    }
    EXPECT_EQ(refused, 5U);
    EXPECT_EQ(loop.await(pool.run<int>(read, Deadline::never())), 7);  // there is room again
}

TEST_F(ReaderPoolTest, DoesNotBeginAReadThatIsTooLate) {
    bool began = false;
    const auto read = [&began](ReadSession&) -> Result<int> {
        began = true;
        return 7;
    };
    const auto result = loop.start(pool.run<int>(read, Deadline::after(loop.clock(), 1s)));
    loop.clock().advance(1s);
    loop.run();
    EXPECT_EQ((**result).error().code(), Errc::timeout);
    EXPECT_FALSE(began);
}

TEST_F(ReaderPoolTest, InterruptsAReadAtItsDeadlineAndOnlyThat) {
    const auto endless = [this](ReadSession& session) -> Result<int> {
        TRY(Database * database, session.connection(*session.segments()->back()));
        loop.clock().advance(1s);
        TRY(const auto never, database->query_integer("WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c)"
                                                      " SELECT max(n) FROM c"));
        return static_cast<int>(never.value_or(0));
    };
    const auto late = loop.await(pool.run<int>(endless, Deadline::after(loop.clock(), 1s)));
    ASSERT_FALSE(late.has_value());
    EXPECT_EQ(late.error().code(), Errc::timeout);
    world.append(make_acceptance({.id = "e1"}));
    const auto list = [](ReadSession& session) { return list_events(session, {}); };
    for (int i = 0; i < 2; ++i) {  // on both readers
        EXPECT_EQ(loop.await(pool.run<ports::EventPage>(list, Deadline::never()))->events.size(), 1U);
    }
}

TEST_F(ReaderPoolTest, AnExceptionIsAnAnswerToo) {  // hard-cases T-09
    const auto throwing = [](ReadSession&) -> Result<int> { throw std::bad_alloc(); };
    const auto result = loop.await(pool.run<int>(throwing, Deadline::never()));
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code(), Errc::internal);
    const auto read = [](ReadSession&) -> Result<int> { return 7; };
    EXPECT_EQ(loop.await(pool.run<int>(read, Deadline::never())), 7);
}

TEST_F(ReaderPoolTest, NeedsTheControlFile) {
    ScratchFolder empty;
    ReaderPool other({loop.executor()}, loop.clock());
    const auto opened = other.open(DataPaths{empty.path()}, world.segments, world.sealer);
    ASSERT_FALSE(opened.has_value());
    EXPECT_NE(opened.error().text().find("control.db"), std::string::npos);
}

}  // namespace
}  // namespace outpost::embedded
