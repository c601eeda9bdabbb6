// Decision A6: which ids were seen for a tenant within the window, wherever the event lies by now.
#include "backends/embedded/log/id_window.hpp"

#include "backends/embedded/fakes/rows.hpp"
#include "backends/embedded/fakes/scratch_folder.hpp"

namespace outpost::embedded {
namespace {

using namespace fakes;

class IdWindowTest : public testing::Test {
protected:
    void begin_segment(std::uint32_t number) {
        number_ = number;
        const std::filesystem::path file = segment_path(folder.path(), number);
        auto writer = SegmentWriter::open(file);
        ASSERT_TRUE(writer.has_value());
        writer_ = std::move(*writer);
        tail_ = std::make_shared<Tail>(1'000);
        segments.put({.number = number, .file = file, .tail = tail_, .range = {}});
    }
    void append(const Row& row) {
        ASSERT_TRUE(write_rows(*writer_, static_cast<std::uint32_t>(tail_->size()), std::span(&row, 1)));
        append_to_tail(*tail_, std::span(&row, 1));
    }
    /// As the sealer leaves a segment, without its indexes: they only make it faster.
    void seal(std::int64_t received_last) {
        const std::filesystem::path file = segment_path(folder.path(), number_);
        writer_.reset();
        auto database = Database::open(file, OpenMode::existing);
        ASSERT_TRUE(database->execute("PRAGMA wal_checkpoint(TRUNCATE)"));
        segments.put({.number = number_, .file = file, .tail = nullptr, .range = {.received_last = received_last}});
    }
    std::optional<model::EventRef> find(std::uint32_t tenant, const std::string& id, TimePoint since = kNow) {
        auto seen = window.find(tenant, EventId(id), since);
        EXPECT_TRUE(seen.has_value()) << seen.error().describe();
        return *seen ? std::optional((*seen)->ref) : std::nullopt;
    }

    ScratchFolder folder;
    SegmentDirectory segments;
    IdWindow window{segments};
    std::uint32_t number_ = 0;
    std::optional<SegmentWriter> writer_;
    std::shared_ptr<Tail> tail_;
};

using Ref = model::EventRef;

TEST_F(IdWindowTest, FindsAnEventInTheOpenSegmentWithItsDestinations) {
    begin_segment(1);
    append(make_acceptance({.id = "e0"}));
    append(make_acceptance({.id = "e1"}, {7, 9}));
    const auto seen = window.find(1, EventId("e1"), kNow);
    ASSERT_TRUE(seen.has_value() && seen->has_value());
    EXPECT_EQ((*seen)->ref, (Ref{1, 1}));
    EXPECT_EQ((*seen)->destinations, (std::vector<model::DestinationKey>{{1, 7, 1}, {1, 9, 1}}));
    EXPECT_EQ(find(1, "e2"), std::nullopt);
}

TEST_F(IdWindowTest, AnIdBelongsToItsTenant) {
    begin_segment(1);
    append(make_acceptance({.id = "e", .tenant = 1}));
    append(make_acceptance({.id = "e", .tenant = 2}));
    EXPECT_EQ(find(1, "e"), (Ref{1, 0}));
    EXPECT_EQ(find(2, "e"), (Ref{1, 1}));
    EXPECT_EQ(find(3, "e"), std::nullopt);
    seal(unix_ms(kNow));
    EXPECT_EQ(find(1, "e"), (Ref{1, 0}));
    EXPECT_EQ(find(2, "e"), (Ref{1, 1}));
    EXPECT_EQ(find(3, "e"), std::nullopt);
}

TEST_F(IdWindowTest, AnAttemptOfTheSameIdIsNoEvent) {
    begin_segment(1);
    const ports::Acceptance event = make_acceptance({.id = "e1"}, {7});
    append(make_settlement({{1, 0}, {1, 7, 1}}, event.event, "same", 1));
    EXPECT_EQ(find(1, "same"), std::nullopt);
}

TEST_F(IdWindowTest, TheWindowEndsWithTheMomentAnEventWasReceived) {
    begin_segment(1);
    append(make_acceptance({.id = "e1", .received = kNow}));
    for (int round = 0; round < 2; ++round) {  // open, then sealed
        EXPECT_EQ(find(1, "e1", kNow), (Ref{1, 0}));
        EXPECT_EQ(find(1, "e1", kNow + 1ms), std::nullopt);
        seal(unix_ms(kNow));
    }
}

TEST_F(IdWindowTest, FindsTheNewestOfSeveral) {
    for (std::uint32_t number = 1; number <= 3; ++number) {
        begin_segment(number);
        append(make_acceptance({.id = "old", .received = kNow + Milliseconds(number)}));
        append(make_acceptance({.id = fmt::format("only{}", number)}));
        append(make_acceptance({.id = "old", .received = kNow + Milliseconds(number)}));
        if (number < 3) seal(unix_ms(kNow) + number);
    }
    EXPECT_EQ(find(1, "old"), (Ref{3, 2}));
    EXPECT_EQ(find(1, "only1"), (Ref{1, 1}));
    seal(unix_ms(kNow) + 3);
    EXPECT_EQ(find(1, "old"), (Ref{3, 2}));
}

TEST_F(IdWindowTest, ReadsOnThroughASealing) {
    begin_segment(1);
    append(make_acceptance({.id = "e1"}));
    EXPECT_EQ(find(1, "e1"), (Ref{1, 0}));  // through a connection to the open file
    seal(unix_ms(kNow));
    EXPECT_EQ(find(1, "e1"), (Ref{1, 0}));
    begin_segment(2);
    EXPECT_EQ(find(1, "e1"), (Ref{1, 0}));
}

TEST_F(IdWindowTest, LooksIntoMoreSegmentsThanItKeepsConnections) {
    for (std::uint32_t number = 1; number <= 12; ++number) {
        begin_segment(number);
        append(make_acceptance({.id = fmt::format("e{}", number)}));
        seal(unix_ms(kNow));
    }
    for (int round = 0; round < 2; ++round) {
        for (std::uint32_t number = 1; number <= 12; ++number) {
            EXPECT_EQ(find(1, fmt::format("e{}", number)), (Ref{number, 0}));
        }
    }
}

TEST_F(IdWindowTest, ACollisionOfHashesIsNoDuplicateAndHidesNone) {
    begin_segment(1);
    append(make_acceptance({.id = "twin"}));
    // A row of another id with the same hash: only the tail can be made to say so.
    const Row other = make_acceptance({.id = "other"});
    ASSERT_TRUE(write_rows(*writer_, 1, std::span(&other, 1)));
    TailEntry entry = fakes::tail_entry_of(other);
    entry.id_hash = event_id_hash("twin");
    tail_->append(std::span(&entry, 1), {});
    EXPECT_EQ(find(1, "twin"), (Ref{1, 0}));
    entry.id_hash = event_id_hash("third");
    const Row fourth = make_acceptance({.id = "fourth"});
    ASSERT_TRUE(write_rows(*writer_, 2, std::span(&fourth, 1)));
    tail_->append(std::span(&entry, 1), {});
    EXPECT_EQ(find(1, "third"), std::nullopt);
}

TEST_F(IdWindowTest, PassesOverADamagedSegment) {  // hard-cases T-06: a duplicate is better than no service
    begin_segment(1);
    append(make_acceptance({.id = "e1"}));
    seal(unix_ms(kNow));
    begin_segment(2);
    append(make_acceptance({.id = "e2"}));
    seal(unix_ms(kNow));
    write_file(segment_path(folder.path(), 2), std::string(20'000, 'x'));
    EXPECT_EQ(find(1, "e1"), (Ref{1, 0}));
    EXPECT_EQ(find(1, "e2"), std::nullopt);
}

TEST_F(IdWindowTest, SaysWhenASegmentCannotBeReadNow) {
    begin_segment(1);
    append(make_acceptance({.id = "e1"}));
    seal(unix_ms(kNow));
    std::filesystem::rename(segment_path(folder.path(), 1), folder / "elsewhere");
    const auto seen = window.find(1, EventId("e1"), kNow);
    ASSERT_FALSE(seen.has_value());
    EXPECT_EQ(seen.error().code(), Errc::unavailable);
}

TEST_F(IdWindowTest, FindsAttemptsInEveryUnsealedSegment) {
    const ports::Acceptance event = make_acceptance({.id = "e1"}, {7});
    for (std::uint32_t number = 1; number <= 2; ++number) {
        begin_segment(number);
        append(make_settlement({{1, 0}, {1, 7, 1}}, event.event, fmt::format("a{}", number), 1));
    }
    EXPECT_EQ(window.has_attempt(AttemptId("a1")), true);
    EXPECT_EQ(window.has_attempt(AttemptId("a2")), true);
    EXPECT_EQ(window.has_attempt(AttemptId("a3")), false);
    EXPECT_EQ(window.has_attempt(AttemptId("e1")), false);
}

}  // namespace
}  // namespace outpost::embedded
