#include "backends/embedded/log/journal_fixture.hpp"

namespace outpost::embedded {
namespace {

using namespace fakes;
using enum ports::DecisionKind;

class JournalCarry : public JournalFixture {
protected:
    static CarriedEvent copy_of(model::EventRef ref, const std::string& id) {
        return {.origin = {.ref = ref, .carried_from = 1},
                .id = id,
                .tenant = 1,
                .time = 5,
                .received = 6,
                .eligible = 1,
                .destinations = "7:1",
                .topic = "user.created",
                .metadata = "",
                .data = R"({"a":1})"};
    }
    static DecisionRow open_state(const model::DeliveryKey& key, std::uint32_t attempts, std::int64_t due_ms) {
        return {.decision = {.key = key, .kind = carried, .time = kNow, .reason = ""},
                .attempts = attempts,
                .due_ms = due_ms};
    }
    Result<std::size_t> carry(Carry what) { return loop.await(journal->carry(std::move(what))); }
    const TailEntry& last() { return tail()[tail().size() - 1]; }
};

TEST_F(JournalCarry, CopiesTheEventAndSaysWhatIsOpen) {
    open();
    const auto ref = accepted("e1");
    const model::DeliveryKey key{ref, {1, 7, 1}};
    const auto copied = carry({{copy_of(ref, "e1")}, {open_state(key, 3, 12'345)}, {1, 1}});
    ASSERT_TRUE(copied.has_value()) << copied.error().describe();
    EXPECT_EQ(*copied, 1U);
    const auto check = [&] {
        ASSERT_EQ(tail().size(), 3U);
        const TailEntry& copy = tail()[1];
        EXPECT_EQ(copy.flags, kFlagCarried);
        EXPECT_EQ((model::EventRef{copy.destination, copy.incarnation}), ref);
        EXPECT_EQ(copy.attempts, 1U);
        EXPECT_EQ(copy.id_hash, tail()[0].id_hash);
        ASSERT_EQ(tail().destinations_of(copy).size(), 1U);
        EXPECT_EQ(tail().destinations_of(copy)[0].destination, 7U);
        EXPECT_EQ(last().due_ms, 12'345);
        EXPECT_EQ(last().attempts, 3U);
        EXPECT_EQ((model::EventRef{last().event_segment, last().event_row}), ref);
    };
    check();
    open({1, 3});
    check();
}

TEST_F(JournalCarry, WhatCameMeanwhileCounts) {  // the newest row decides: a copied state must be the newest one
    open();
    const auto ref = accepted("e1");
    const model::DeliveryKey key{ref, {1, 7, 1}};
    std::vector<ports::Settlement> batch;
    batch.push_back(make_settlement(key, make_event({.id = "e1"}), "a1", 1, kNow));
    ASSERT_TRUE(settle(std::move(batch)).has_value());
    ASSERT_EQ(carry({{copy_of(ref, "e1")}, {open_state(key, 0, 1)}, {1, 1}}).value_or(0), 1U);
    EXPECT_EQ(last().attempts, 1U);
    EXPECT_EQ(last().due_ms, unix_ms(kNow));
}

TEST_F(JournalCarry, WhatWasClosedMeanwhileIsNotOpenedAgain) {
    open();
    const auto ref = accepted("e1");
    const model::DeliveryKey key{ref, {1, 7, 1}};
    std::vector<ports::Settlement> batch;
    batch.push_back(make_settlement(key, make_event({.id = "e1"}), "a1", 1));
    ASSERT_TRUE(settle(std::move(batch)).has_value());
    EXPECT_EQ(carry({{copy_of(ref, "e1")}, {open_state(key, 0, 1)}, {1, 1}}).value_or(9), 0U);
    EXPECT_EQ(tail().size(), 2U);
}

TEST_F(JournalCarry, EvenWithinTheSameCommit) {
    open();
    const auto ref = accepted("e1");
    const model::DeliveryKey key{ref, {1, 7, 1}};
    loop.call([&] {});
    std::vector<ports::Settlement> batch;
    batch.push_back(make_settlement(key, make_event({.id = "e1"}), "a1", 1));
    const auto shared = std::make_shared<const std::vector<ports::Settlement>>(std::move(batch));
    const auto settling = loop.start(journal->settle(shared, Deadline::never()));
    Carry stale{{copy_of(ref, "e1")}, {open_state(key, 0, 1)}, {1, 1}};
    const auto copied = loop.await(journal->carry(std::move(stale)));
    EXPECT_TRUE(settling->has_value());
    EXPECT_EQ(copied.value_or(9), 0U);
}

TEST_F(JournalCarry, AnOldViewIsRefusedWhenItsRowsCannotBeReadAnyMore) {
    open();
    const auto ref = accepted("e1");
    Segment sealed = *segments->list()->front();
    sealed.tail = nullptr;
    segments->put(std::move(sealed));
    const auto copied = carry({{copy_of(ref, "e1")}, {open_state({ref, {1, 7, 1}}, 0, 1)}, {1, 0}});
    ASSERT_FALSE(copied.has_value());
    EXPECT_EQ(copied.error().code(), Errc::conflict);
}

TEST_F(JournalCarry, NothingOfALeavingSegmentIsOpenedAgain) {
    open();
    const auto ref = accepted("e1");
    const model::DeliveryKey key{ref, {1, 7, 1}};
    const auto decide = [&](DecisionRow row, std::uint32_t home) {
        row.home = home;
        std::vector<DecisionRow> rows(1, row);
        return loop.await(journal->decide(std::move(rows), Deadline::never()));
    };
    EXPECT_TRUE(decide(make_decision(key, redeliver), 1).has_value());
    journal->leave(1);
    EXPECT_EQ(decide(make_decision(key, redeliver), 1).error().code(), Errc::conflict);
    EXPECT_TRUE(decide(make_decision(key, cancelled), 1).has_value());  // closing is always possible
    journal->leave(std::nullopt);
    EXPECT_TRUE(decide(make_decision(key, redeliver), 1).has_value());
    EXPECT_EQ(decide(make_decision(key, redeliver), 77).error().code(), Errc::conflict);  // gone already
}

}  // namespace
}  // namespace outpost::embedded
