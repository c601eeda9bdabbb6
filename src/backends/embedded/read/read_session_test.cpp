#include "backends/embedded/read/attempt_lists.hpp"
#include "backends/embedded/read/event_lists.hpp"
#include "backends/embedded/read/read_session.hpp"

#include "backends/embedded/fakes/read_world.hpp"
#include "backends/embedded/read/attempt_reads.hpp"
#include "backends/embedded/read/event_reads.hpp"

namespace outpost::embedded {
namespace {

using namespace fakes;

class ReadSessionTest : public testing::Test {
protected:
    ReadSession& session() { return *world.session; }
    model::EventRef accept(const std::string& id, const std::vector<std::uint32_t>& destinations = {11}) {
        const model::EventRef place = world.next_place();
        world.append(make_acceptance({.id = id}, destinations));
        return place;
    }
    ports::EventPage list() {
        auto page = list_events(session(), {});
        EXPECT_TRUE(page.has_value()) << page.error().describe();
        return std::move(*page);
    }

    ReadWorld world;
};

TEST_F(ReadSessionTest, ResolvesNames) {
    Names& names = session().names();
    EXPECT_EQ(names.tenant(2), TenantId("t2"));
    EXPECT_EQ(names.tenant(2), TenantId("t2"));  // from memory
    EXPECT_EQ(names.destination(13), DestinationId("d3"));
    EXPECT_EQ(names.tenant_number(TenantId("t3")), 3U);
    EXPECT_EQ(names.tenant_number(TenantId("T3")), std::nullopt);
    EXPECT_EQ(names.destination_numbers(DestinationId("d1"), {}), (std::vector<std::uint32_t>{11, 21, 31}));
    EXPECT_EQ(names.destination_numbers(DestinationId("d1"), {2}), std::vector<std::uint32_t>{21});
    EXPECT_EQ(names.destination_numbers(DestinationId("d9"), {}), std::vector<std::uint32_t>());
    EXPECT_EQ(names.tenant(99).error().code(), Errc::corrupt);
    EXPECT_EQ(names.destination(99).error().code(), Errc::corrupt);
}

TEST_F(ReadSessionTest, ReadsManyEventsInTheirOrderWhereverTheyLie) {
    std::vector<model::EventRef> refs;
    for (int segment = 0; segment < 3; ++segment) {
        for (int i = 0; i < 3; ++i) refs.push_back(accept(fmt::format("e{}", refs.size())));
        if (segment < 2) world.begin_segment();
    }
    world.seal(1);
    std::vector<model::EventRef> asked = {refs[8], refs[0], {9, 9}, refs[4], {1, 99}, refs[1], refs[8]};
    const auto events = read_events(session(), asked);
    ASSERT_TRUE(events.has_value()) << events.error().describe();
    std::vector<std::string> ids;
    for (const model::EventPtr& event : *events) ids.push_back(event == nullptr ? "-" : event->id.value);
    EXPECT_EQ(ids, (std::vector<std::string>{"e8", "e0", "-", "e4", "-", "e1", "e8"}));
}

TEST_F(ReadSessionTest, ReadsOverMoreSegmentsThanItKeepsConnections) {
    std::vector<model::EventRef> refs;
    for (std::uint32_t number = 1; number <= 30; ++number) {
        refs.push_back(accept(fmt::format("e{}", number)));
        world.append(make_settlement({refs.back(), {1, 11, 1}}, make_event({.id = fmt::format("e{}", number)}),
                                     fmt::format("a{}", number), 1));
        world.begin_segment();
        if (number % 2 == 0) world.seal(number);
    }
    EXPECT_EQ(list().events.size(), 30U);
    const auto events = read_events(session(), refs);
    ASSERT_TRUE(events.has_value());
    for (const model::EventPtr& event : *events) EXPECT_NE(event, nullptr);
    // An attempt in one segment whose event lies in another.
    world.append(make_settlement({refs[0], {1, 11, 1}}, make_event({.id = "e1"}), "again", 2));
    const auto attempt = find_attempt(session(), std::nullopt, AttemptId("again"), true);
    ASSERT_TRUE(attempt.has_value());
    EXPECT_EQ(attempt->event->id, EventId("e1"));
}

TEST_F(ReadSessionTest, HoldsUpNoSealingAndNoWalWhenItsReadsHaveEnded) {
    accept("e1");
    const model::DeliveryKey key{{1, 0}, {1, 11, 1}};
    world.append(make_settlement(key, make_event({.id = "e1"}), "a1", 1));
    EXPECT_EQ(list().events.size(), 1U);
    EXPECT_TRUE(list_attempts(session(), {.with_event = true}).has_value());
    EXPECT_TRUE(find_event(session(), std::nullopt, EventId("e1")).has_value());
    EXPECT_TRUE(find_attempt(session(), std::nullopt, AttemptId("a1"), true).has_value());
    EXPECT_EQ(last_attempt_number(session(), key), 1U);
    EXPECT_TRUE(session().tenants().list_tenants({}).has_value());
    EXPECT_TRUE(session().tenants().view(TenantId("t1")).has_value());
    EXPECT_FALSE(find_event(session(), std::nullopt, EventId("none")).has_value());
    for (const auto& file : {segment_path(world.paths.log(), 1), world.paths.control()}) {
        auto database = Database::open(file, OpenMode::existing);
        EXPECT_EQ(database->query_integer("PRAGMA wal_checkpoint(TRUNCATE)"), 0) << file;
    }
    world.begin_segment();
    world.seal(1);
    EXPECT_EQ(list().events.size(), 1U);
}

TEST_F(ReadSessionTest, AnOldViewOfTheSegmentsStaysReadable) {  // a read that began before a sealing
    accept("e1");
    const auto before = session().segments();
    EXPECT_EQ(list().events.size(), 1U);
    world.begin_segment();
    world.seal(1);
    EXPECT_EQ(list().events.size(), 1U);
    const SegmentPtr old = SegmentDirectory::find(*before, 1);
    ASSERT_FALSE(old->sealed());
    const auto database = session().connection(*old);
    ASSERT_TRUE(database.has_value());
    EXPECT_EQ((*database)->query_integer("SELECT count(*) FROM events"), 1);
}

TEST_F(ReadSessionTest, WritesNothing) {
    accept("e1");
    const auto database = session().connection(*session().segments()->back());
    EXPECT_FALSE((*database)->execute("DELETE FROM events").has_value());
    EXPECT_EQ(list().events.size(), 1U);
}

TEST_F(ReadSessionTest, IsInterruptedInEveryConnection) {
    accept("e1");
    world.begin_segment();
    world.seal(1);
    int asked = 0;
    session().interrupt_when([&asked] {
        ++asked;
        return true;
    });
    const auto endless = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT max(n) FROM c";
    for (const SegmentPtr& segment : *session().segments()) {
        const auto database = session().connection(*segment);
        EXPECT_EQ((*database)->query_integer(endless).error().code(), Errc::timeout);
    }
    EXPECT_EQ(asked, 2);
    session().interrupt_when({});
    EXPECT_EQ(list().events.size(), 1U);
}

TEST_F(ReadSessionTest, ADamagedRowIsNamedAndNotShown) {  // hard-cases T-06
    const model::EventRef good = accept("e1");
    const model::EventRef bad = accept("e2");
    auto database = Database::open(segment_path(world.paths.log(), 1), OpenMode::existing);
    ASSERT_TRUE(database->execute("UPDATE events SET tenant = 2 WHERE id = 'e2'"));
    EXPECT_TRUE(read_event(session(), good).has_value());
    const auto damaged = read_event(session(), bad);
    ASSERT_FALSE(damaged.has_value());
    EXPECT_EQ(damaged.error().code(), Errc::corrupt);
    EXPECT_NE(damaged.error().text().find("row 1"), std::string::npos);
    EXPECT_EQ(list_events(session(), {}).error().code(), Errc::corrupt);
    EXPECT_TRUE(find_event(session(), std::nullopt, EventId("e1")).has_value());
}

TEST_F(ReadSessionTest, AMissingFileIsUnavailableAndComesBack) {
    accept("e1");
    world.begin_segment();
    world.seal(1);
    const auto file = segment_path(world.paths.log(), 1);
    std::filesystem::rename(file, world.folder / "away");
    const auto listed = list_events(session(), {});
    ASSERT_FALSE(listed.has_value());
    EXPECT_EQ(listed.error().code(), Errc::unavailable);
    EXPECT_NE(listed.error().describe().find("00000001.db"), std::string::npos) << listed.error().describe();
    std::filesystem::rename(world.folder / "away", file);
    EXPECT_EQ(list().events.size(), 1U);
}

}  // namespace
}  // namespace outpost::embedded
