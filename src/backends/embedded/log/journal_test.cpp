#include "backends/embedded/log/journal_fixture.hpp"

namespace outpost::embedded {
namespace {

using namespace fakes;
using Ref = model::EventRef;

class JournalTest : public JournalFixture {};

TEST_F(JournalTest, WritesWhatHasQueuedInOneTransaction) {  // hard-cases T-19: slow disks make larger batches
    open();
    std::vector<std::shared_ptr<std::optional<Reply>>> replies;
    for (int i = 0; i < 50; ++i) {
        std::vector<ports::Acceptance> batch;
        batch.push_back(make_acceptance({.id = fmt::format("e{}", i)}, {7}, true));
        replies.push_back(loop.start(journal->accept(std::move(batch), Deadline::never())));
    }
    loop.run();
    ASSERT_EQ(listener.batches.size(), 1U);
    EXPECT_EQ(listener.batches[0].size(), 50U);
    for (std::uint32_t i = 0; i < 50; ++i) {
        ASSERT_TRUE(replies[i]->has_value());
        EXPECT_EQ((**replies[i])->front().event, (Ref{1, i}));
    }
    EXPECT_EQ(tail().size(), 50U);
    EXPECT_EQ(listener.advances, 1);
}

TEST_F(JournalTest, DeliveriesAreToldBeforeTheAnswer) {
    open();
    bool told = false;
    const auto ask = [](Journal* journal_asked, NotingListener* listening, bool* told_first) -> Task<bool> {
        std::vector<ports::Acceptance> batch;
        batch.push_back(make_acceptance({.id = "e1"}, {7, 8}));
        auto reply = co_await journal_asked->accept(std::move(batch), Deadline::never());
        *told_first = listening->batches.size() == 1;
        co_return reply.has_value();
    };
    EXPECT_TRUE(loop.await(ask(&*journal, &listener, &told)));
    EXPECT_TRUE(told);
    ASSERT_EQ(listener.batches[0].size(), 2U);
    EXPECT_EQ(listener.batches[0][1].key, (model::DeliveryKey{{1, 0}, {1, 8, 1}}));
    EXPECT_EQ(listener.batches[0][1].event->id, EventId("e1"));
}

TEST_F(JournalTest, RecognisesADuplicateWithinABatchAFlushAndLater) {  // decision A6
    open();
    std::vector<ports::Acceptance> batch;
    batch.push_back(make_acceptance({.id = "e1"}, {7, 8}, true));
    batch.push_back(make_acceptance({.id = "e1"}, {9}, true));
    std::vector<ports::Acceptance> other;
    other.push_back(make_acceptance({.id = "e1"}, {9}, true));
    other.push_back(make_acceptance({.id = "e1", .tenant = 2}, {9}, true));  // another tenant's is another event
    const auto first = loop.start(journal->accept(std::move(batch), Deadline::never()));
    const auto second = loop.start(journal->accept(std::move(other), Deadline::never()));
    loop.run();
    const auto third = accept("e1", {11});
    const std::vector<model::DestinationKey> original = {{1, 7, 1}, {1, 8, 1}};
    for (const ports::Accepted& copy : {(**first)->at(1), (**second)->at(0), third->at(0)}) {
        EXPECT_TRUE(copy.duplicate);
        EXPECT_EQ(copy.event, (Ref{1, 0}));
        EXPECT_EQ(copy.destinations, original);
    }
    EXPECT_FALSE((**first)->at(0).duplicate);
    EXPECT_FALSE((**second)->at(1).duplicate);
    EXPECT_EQ(tail().size(), 2U);
}

TEST_F(JournalTest, IdsOfOurOwnAreNotCompared) {
    open();
    std::vector<ports::Acceptance> batch;
    for (int i = 0; i < 2; ++i) batch.push_back(make_acceptance({.id = "e1"}, {7}, false));
    const auto reply = accept(std::move(batch));
    EXPECT_FALSE(reply->at(1).duplicate);
}

TEST_F(JournalTest, AnIdIsFreeAgainAfterTheWindow) {
    settings.idempotency_window = 1h;
    open();
    accepted("e1");
    loop.clock().advance(1h);
    EXPECT_TRUE(accept("e1")->front().duplicate);
    loop.clock().advance(1ms);
    EXPECT_FALSE(accept("e1")->front().duplicate);
}

TEST_F(JournalTest, ARepeatedAttemptIdIsWrittenOnce) {
    settings.segment_rows_max = 2;
    open();
    const Ref ref = accepted("e1");
    const model::DeliveryKey key{ref, {1, 7, 1}};
    const auto event = make_event({.id = "e1"});
    const auto first = make_settlement(key, event, "a1", 1, kNow);
    const auto second = make_settlement(key, event, "a2", 2);
    EXPECT_EQ(settle({first, first}), (std::vector<bool>{true, false}));  // fills the segment
    EXPECT_EQ(listener.finished_segments, std::vector<std::uint32_t>{1});
    EXPECT_EQ(settle({second, first}), (std::vector<bool>{true, false}));
    EXPECT_EQ(settle({second}), std::vector<bool>{false});
    open();
    EXPECT_EQ(settle({first, second}), (std::vector<bool>{false, false}));
}

TEST_F(JournalTest, AnAttemptMayHaveTheIdOfAnEvent) {
    open();
    const Ref ref = accepted("same");
    EXPECT_EQ(settle({make_settlement({ref, {1, 7, 1}}, make_event({.id = "same"}), "same", 1)}),
              std::vector<bool>{true});
    EXPECT_TRUE(accept("same")->front().duplicate);
}

TEST_F(JournalTest, RefusesWhatComesTooLateToBeWritten) {
    open();
    const Deadline deadline = Deadline::after(loop.clock(), 5s);
    const auto event = make_event({.id = "e1"});
    std::vector<ports::Acceptance> batch;
    batch.push_back(make_acceptance({.id = "late"}));
    const auto accepting = loop.start(journal->accept(std::move(batch), deadline));
    const auto settlements =
        std::make_shared<const std::vector<ports::Settlement>>(1, make_settlement({{1, 0}, {1, 7, 1}}, event, "a1", 1));
    const auto settling = loop.start(journal->settle(settlements, deadline));
    const auto deciding =
        loop.start(journal->decide({make_decision({{1, 0}, {1, 7, 1}}, ports::DecisionKind::cancelled)}, deadline));
    loop.clock().advance(5s);
    loop.run();
    EXPECT_EQ((**accepting).error().code(), Errc::timeout);
    EXPECT_EQ((**settling).error().code(), Errc::timeout);
    EXPECT_EQ((**deciding).error().code(), Errc::timeout);
    EXPECT_EQ(tail().size(), 0U);
    EXPECT_TRUE(listener.changes.empty());
}

TEST_F(JournalTest, BoundsWhatWaitsForTheDisk) {
    open();
    const ports::Acceptance wide = make_acceptance({.id = "wide"}, std::vector<std::uint32_t>(60'000, 7));
    std::vector<std::shared_ptr<std::optional<Reply>>> replies;
    for (int i = 0; i < 6; ++i) {
        std::vector<ports::Acceptance> batch(1, wide);
        replies.push_back(loop.start(journal->accept(std::move(batch), Deadline::never())));
    }
    loop.run();
    std::size_t refused = 0;
    for (const auto& reply : replies) {
        ASSERT_TRUE(reply->has_value());
        if ((**reply).has_value()) continue;
        ++refused;
        EXPECT_EQ((**reply).error().code(), Errc::unavailable);
    }
    EXPECT_EQ(refused, 2U);  // four of them are 240 004 rows and destinations
    EXPECT_EQ(tail().size(), 4U);
    EXPECT_EQ(listener.batches.size(), 4U);  // and each is more than one transaction should hold
    EXPECT_TRUE(listener.changes.empty());
}

TEST_F(JournalTest, RefusesAnEventForTooManyDestinations) {
    open();
    const auto reply = accept("e1", std::vector<std::uint32_t>(kEventDestinationsMax + 1, 7));
    ASSERT_FALSE(reply.has_value());
    EXPECT_EQ(reply.error().code(), Errc::invalid);
    EXPECT_TRUE(accept("e2", std::vector<std::uint32_t>(kEventDestinationsMax, 7)).has_value());
}

TEST_F(JournalTest, BeginsANewSegmentAfterSoManyRows) {
    settings.segment_rows_max = 3;
    open();
    for (int i = 0; i < 7; ++i) {
        const auto expected = Ref{static_cast<std::uint32_t>(1 + i / 3), static_cast<std::uint32_t>(i % 3)};
        EXPECT_EQ(accepted(fmt::format("e{}", i)), expected);
    }
    EXPECT_EQ(listener.finished_segments, (std::vector<std::uint32_t>{1, 2}));
    EXPECT_EQ(list_segments(folder.path()), (std::vector<std::uint32_t>{1, 2, 3}));
    EXPECT_TRUE(accept("e0")->front().duplicate);
}

TEST_F(JournalTest, BeginsANewSegmentAfterSoManyBytes) {
    settings.segment_bytes_max = 10'000;
    open();
    std::vector<ports::Acceptance> batch;
    batch.push_back(make_acceptance({.id = "e1", .data = std::string(9'000, 'x')}));
    ASSERT_TRUE(accept(batch).has_value());
    EXPECT_TRUE(listener.finished_segments.empty());
    ASSERT_TRUE(accept(batch).has_value());
    EXPECT_EQ(listener.finished_segments, std::vector<std::uint32_t>{1});
}

TEST_F(JournalTest, GoesOnWhereItStopped) {
    open();
    accepted("e1");
    open();
    EXPECT_TRUE(accept("e1")->front().duplicate);
    EXPECT_EQ(accepted("e2"), (Ref{1, 1}));
}

TEST_F(JournalTest, DoesNotGoOnInAFullSegment) {  // it had no time to begin another, or the limit was lowered
    open();
    for (int i = 0; i < 5; ++i) accepted(fmt::format("e{}", i));
    settings.segment_rows_max = 4;
    open();
    EXPECT_TRUE(listener.finished_segments.empty());  // nobody listens yet
    EXPECT_EQ(accepted("e5"), (Ref{2, 0}));
    EXPECT_EQ(segments->list()->size(), 2U);
}

TEST_F(JournalTest, NeverGivesOutAPlaceAgain) {  // T-06: an open delivery must not meet another event
    open();
    accepted("e0");
    accepted("e1");
    open({1, 2});  // all is there
    EXPECT_EQ(accepted("e2"), (Ref{1, 2}));
    open({1, 9});  // rows are missing at the end
    EXPECT_EQ(accepted("e3"), (Ref{2, 0}));
    open({7, 1});  // whole segments are missing
    EXPECT_EQ(accepted("e4"), (Ref{8, 0}));
}

TEST_F(JournalTest, AnswersWhatIsPendingWhenItCloses) {
    open();
    std::vector<ports::Acceptance> batch;
    batch.push_back(make_acceptance({.id = "e1"}));
    const auto pending = loop.start(journal->accept(std::move(batch), Deadline::never()));
    loop.await(journal->close());
    ASSERT_TRUE(pending->has_value());
    EXPECT_TRUE((**pending).has_value());
    const auto after = accept("e2");
    ASSERT_FALSE(after.has_value());
    EXPECT_EQ(after.error().code(), Errc::unavailable);
    EXPECT_EQ(stored_ids(), std::set<std::string>{"e1"});
}

TEST_F(JournalTest, TellsOfRowsOnceUntilTheProjectionsHaveSeenThem) {
    open();
    for (const char* id : {"e1", "e2"}) accepted(id);
    EXPECT_EQ(listener.advances, 1);
    journal->projections_caught_up();
    accepted("e3");
    EXPECT_EQ(listener.advances, 2);
}

}  // namespace
}  // namespace outpost::embedded
