// One late event does not make lists read its segment (design.md §4, docs/adr/0010).
#include "backends/embedded/fakes/read_world.hpp"
#include "backends/embedded/read/event_lists.hpp"
#include "backends/embedded/read/event_reads.hpp"

namespace outpost::embedded {
namespace {

using namespace fakes;
using enum model::Direction;

/// Segments 1 and 2 are sealed and an hour apart; segment 1 has two late events.
struct LateLists : testing::Test {
    LateLists() {
        add("old", kNow, kNow);
        add("past", kNow - 9000h, kNow);
        add("future", kNow + 9000h, kNow);
        world.begin_segment();
        for (int i = 0; i < 5; ++i) add(fmt::format("new{}", i), kNow + 2h + i * 1ms, kNow + 2h);
        world.begin_segment();
        world.seal(1);
        world.seal(2);
    }
    void add(const std::string& id, TimePoint time, TimePoint received) {
        world.append(make_acceptance({.id = id, .time = time, .received = received}));
    }
    /// The ids of a page; "failed" when it could not be made.
    std::string list(const ports::EventQuery& query) {
        const auto page = list_events(*world.session, query);
        if (!page) return "failed";
        std::string ids;
        for (const ports::EventRecord& record : page->events) ids += record.event->id.value + " ";
        return ids;
    }
    static ports::EventQuery first(std::size_t limit, model::Direction direction, model::TimeRange time = {}) {
        return {.time = time, .page = {.limit = limit, .direction = direction}};
    }

    ReadWorld world;
};

TEST_F(LateLists, AnswerInOrderOfTime) {
    EXPECT_EQ(list(first(3, descending)), "future new4 new3 ");
    EXPECT_EQ(list(first(3, ascending)), "past old new0 ");
    EXPECT_EQ(list(first(9, descending, {.before = kNow})), "past ");
    EXPECT_EQ(list(first(9, ascending, {.after = kNow + 3h})), "future ");
}

TEST_F(LateLists, DoNotReadASegmentForTimesBetweenItsLateOnes) {
    std::filesystem::remove(segment_path(world.paths.log(), 1));  // whoever reads it fails
    EXPECT_EQ(list(first(3, descending, {.before = kNow + 8000h})), "new4 new3 new2 ");
    EXPECT_EQ(list(first(9, ascending, {.after = kNow})), "failed");
    EXPECT_EQ(list(first(9, ascending, {.after = kNow, .before = kNow + 8000h})), "new0 new1 new2 new3 new4 ");
    EXPECT_EQ(list(first(9, descending, {.after = kNow - 8000h, .before = kNow})), "");
    EXPECT_EQ(list(first(3, descending)), "failed");  // the late one comes first: it must be read
}

TEST_F(LateLists, DoNotReadASegmentBehindTheCursorForItsLateOnes) {
    add("newest", kNow + 5h, kNow + 5h);
    add("behind", kNow - 9001h, kNow + 5h);
    world.begin_segment();
    world.seal(3);
    std::filesystem::remove(segment_path(world.paths.log(), 3));
    ports::EventQuery query = first(4, descending);
    query.page.after = model::Position{kNow + 3h, ""};
    EXPECT_EQ(list(query), "new4 new3 new2 new1 ");
    query.page.limit = 6;
    EXPECT_EQ(list(query), "new4 new3 new2 new1 new0 old ");
    query.page.limit = 7;  // the page is not full without it
    EXPECT_EQ(list(query), "failed");
}

TEST_F(LateLists, DoNotReadASegmentForItsLateOnesOfLongAgo) {
    std::filesystem::remove(segment_path(world.paths.log(), 2));
    EXPECT_EQ(list(first(1, ascending)), "past ");
    std::filesystem::remove(segment_path(world.paths.log(), 1));
    world.open_session();
    add("newest", kNow + 10000h, kNow + 10000h);
    add("next", kNow + 9999h, kNow + 9999h);
    EXPECT_EQ(list(first(1, descending)), "newest ");
}

}  // namespace
}  // namespace outpost::embedded
