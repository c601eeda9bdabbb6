#include "backends/embedded/log/segment_file.hpp"

#include "backends/embedded/fakes/rows.hpp"
#include "backends/embedded/fakes/scratch_folder.hpp"
#include "backends/embedded/log/row_checksum.hpp"
#include "backends/embedded/log/segment_directory.hpp"

namespace outpost::embedded {
namespace {

using namespace fakes;

class SegmentFileTest : public testing::Test {
protected:
    SegmentWriter open() {
        auto writer = SegmentWriter::open(file);
        EXPECT_TRUE(writer.has_value()) << writer.error().describe();
        return std::move(*writer);
    }
    void write(const std::vector<Row>& rows) {
        SegmentWriter writer = open();
        const auto written = write_rows(writer, 0, rows);
        ASSERT_TRUE(written.has_value()) << written.error().describe();
    }
    Result<StoredEvent> read(std::uint32_t row) {
        TRY(Database database, Database::open(file, OpenMode::read_only));
        TRY(Statement rows, database.prepare(fmt::format("SELECT {} FROM events WHERE row = ?", kEventColumns)));
        rows.bind(1, row);
        TRY(const bool found, rows.step());
        if (!found) return fail(Errc::not_found, "no row");
        return read_stored_event(rows, 0, TenantId("t1"));
    }
    Result<std::shared_ptr<Tail>> load(std::size_t rows_max = 100) {
        TRY(Database database, Database::open(file, OpenMode::read_only));
        return load_tail(database, rows_max);
    }
    void damage(const std::string& sql) {
        auto database = Database::open(file, OpenMode::existing);
        ASSERT_TRUE(database.has_value());
        const auto done = database->execute(sql.c_str());
        ASSERT_TRUE(done.has_value()) << done.error().describe();
    }

    ScratchFolder folder;
    std::filesystem::path file = segment_path(folder.path(), 1);
};

TEST_F(SegmentFileTest, GivesAnEventBackByteForByte) {  // decision B1
    ports::Acceptance acceptance = make_acceptance({.id = "e1", .data = "{\"a\" : [1,\t2],\"ü\":\"\\u0000\"}"});
    auto event = std::make_shared<model::Event>(*acceptance.event);
    event->eligible_for_retry = false;
    event->time = kNow - 1h;
    event->metadata = {{"key", "value"}, {"", "\"quoted\"\n"}, {"ü", ""}};
    acceptance.event = event;
    acceptance.destinations = {{1, 7, 1}, {1, 4'000'000'000, 12}};
    write({acceptance});
    const auto stored = read(0);
    ASSERT_TRUE(stored.has_value()) << stored.error().describe();
    EXPECT_EQ(stored->event->id, event->id);
    EXPECT_EQ(stored->event->tenant_id, TenantId("t1"));
    EXPECT_EQ(stored->event->topic, event->topic);
    EXPECT_EQ(stored->event->time, event->time);
    EXPECT_EQ(stored->event->received, event->received);
    EXPECT_FALSE(stored->event->eligible_for_retry);
    EXPECT_EQ(stored->event->metadata, event->metadata);
    EXPECT_EQ(stored->event->data.view(), event->data.view());
    ASSERT_EQ(stored->destinations.size(), 2U);
    EXPECT_EQ(stored->destinations[1].destination, 4'000'000'000U);
    EXPECT_EQ(stored->destinations[1].incarnation, 12U);
}

TEST_F(SegmentFileTest, KeepsEmptyAndHugeValues) {
    const std::string huge(1 << 20, 'x');
    write({make_acceptance({.id = "e1", .topic = "", .data = huge}), make_acceptance({.id = "e2", .data = "{}"})});
    EXPECT_EQ(read(0)->event->data.view(), huge);
    EXPECT_EQ(read(0)->event->topic, "");
    EXPECT_TRUE(read(0)->event->metadata.empty());
    EXPECT_TRUE(read(1)->destinations.empty());
}

TEST_F(SegmentFileTest, ARolledBackTransactionLeavesNothing) {
    SegmentWriter writer = open();
    ASSERT_TRUE(writer.begin());
    ASSERT_TRUE(writer.append_event(0, make_acceptance({.id = "e1"})));
    writer.rollback();
    ASSERT_TRUE(write_rows(writer, 0, std::vector<Row>{make_acceptance({.id = "e2"})}));
    EXPECT_EQ(read(0)->event->id, EventId("e2"));
}

TEST_F(SegmentFileTest, WhatIsNotCommittedIsNotSeen) {
    SegmentWriter writer = open();
    ASSERT_TRUE(writer.begin());
    ASSERT_TRUE(writer.append_event(0, make_acceptance({.id = "e1"})));
    EXPECT_EQ(read(0).error().code(), Errc::not_found);
    ASSERT_TRUE(writer.commit());
    EXPECT_TRUE(read(0).has_value());
}

TEST_F(SegmentFileTest, CountsTheBytesThatFillASegment) {
    SegmentWriter writer = open();
    ASSERT_TRUE(write_rows(writer, 0, std::vector<Row>{make_acceptance({.id = "e", .data = std::string(5000, 'x')})}));
    EXPECT_GE(writer.bytes_appended(), 5000U);
    EXPECT_LT(writer.bytes_appended(), 6000U);
}

TEST_F(SegmentFileTest, RefusesAFileOfANewerFormat) {  // hard-cases T-13
    {
        open();
    }
    damage("UPDATE segment SET value = 4 WHERE name = 'format'");
    const auto opened = SegmentWriter::open(file);
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().code(), Errc::corrupt);
    EXPECT_NE(opened.error().text().find("newer version"), std::string::npos);
    EXPECT_NE(opened.error().text().find(file.string()), std::string::npos);
}

/// Every column of a row, changed: the row is never taken for good (hard-cases T-06).
TEST_F(SegmentFileTest, NoticesADamagedValueInAnyColumnOfAnEvent) {
    for (const std::string change :
         {"id = 'e2'", "tenant = 2", "time = time + 1", "received = received - 1", "eligible = 0",
          "destinations = '8:1'", "destinations = ''", "topic = 'user.deleted'", "metadata = '{}'",
          "data = '{\"a\":2}'", "data = ''", "row = 5", "checksum = checksum + 1", "checksum = 0"}) {
        std::filesystem::remove(file);
        write({make_acceptance({.id = "e1"}, {7})});
        damage("UPDATE events SET " + change);
        const auto stored = read(change == "row = 5" ? 5 : 0);
        ASSERT_FALSE(stored.has_value()) << change;
        EXPECT_EQ(stored.error().code(), Errc::corrupt) << change;
    }
}

TEST_F(SegmentFileTest, NoticesADamagedValueInAnyContentColumnOfAnAttempt) {
    const ports::Acceptance event = make_acceptance({.id = "e1"}, {7});
    const auto content = [&]() -> Result<std::string> {
        TRY(Database database, Database::open(file, OpenMode::read_only));
        TRY(Statement rows,
            database.prepare(fmt::format("SELECT {}, {} FROM attempts", kAttemptFieldColumns, kAttemptContentColumns)));
        TRY_VOID(rows.step());
        TRY(const AttemptContent found, read_attempt_content(rows));
        return std::string(found.trace);
    };
    for (const std::string trace : {"", R"({"request":{}})"}) {
        for (const std::string change :
             {"duration = 8", "event_id = 'e2'", "code = ''", "response = NULL", "trace = '{}'",
              "response = '', trace = response", "checksum = checksum + 1"}) {
            std::filesystem::remove(file);
            ports::Settlement attempt = make_settlement({{1, 0}, {1, 7, 1}}, event.event, "a1", 1);
            attempt.attempt.trace = trace;
            write({event, attempt});
            EXPECT_EQ(content(), trace);
            damage("UPDATE attempts SET " + change);
            const auto found = content();
            ASSERT_FALSE(found.has_value()) << change;
            EXPECT_EQ(found.error().code(), Errc::corrupt) << change;
        }
    }
}

TEST_F(SegmentFileTest, NoticesBytesThatMovedBetweenColumns) {
    write({make_acceptance({.id = "e1", .topic = "ab", .data = "{}"})});
    damage("UPDATE events SET id = 'e1a', topic = 'b'");
    EXPECT_EQ(read(0).error().code(), Errc::corrupt);
}

TEST_F(SegmentFileTest, ATailIsNotBuiltOfDamagedRows) {
    const model::DeliveryKey key{{1, 0}, {1, 7, 1}};
    const ports::Acceptance event = make_acceptance({.id = "e1"}, {7});
    for (const std::string change :
         {"events SET tenant = 2", "events SET destinations = '8:1'", "events SET time = 0",
          "attempts SET event_row = 3", "attempts SET destination = 8", "attempts SET next_due = 0",
          "attempts SET next_due = NULL", "attempts SET number = 9", "attempts SET id = 'a2'",
          "attempts SET success = 1", "decisions SET due = 1", "decisions SET due = NULL", "decisions SET kind = 0",
          "decisions SET incarnation = 2"}) {
        std::filesystem::remove(file);
        write({event, make_settlement(key, event.event, "a1", 1, kNow),
               make_decision(key, ports::DecisionKind::redeliver, 1)});
        ASSERT_TRUE(load().has_value());
        damage("UPDATE " + change);
        const auto tail = load();
        ASSERT_FALSE(tail.has_value()) << change;
        EXPECT_EQ(tail.error().code(), Errc::corrupt) << change;
    }
}

TEST_F(SegmentFileTest, ATailIsNotBuiltOverAMissingRow) {
    write({make_acceptance({.id = "e1"}), make_acceptance({.id = "e2"}), make_acceptance({.id = "e3"})});
    damage("DELETE FROM events WHERE row = 1");
    const auto tail = load();
    ASSERT_FALSE(tail.has_value());
    EXPECT_EQ(tail.error().text(), "row 1 is missing");
}

TEST_F(SegmentFileTest, ATailIsNotBuiltForAnAbsurdRowNumber) {
    write({make_acceptance({.id = "e1"})});
    damage("UPDATE events SET row = 1000000000000");
    EXPECT_EQ(load().error().code(), Errc::corrupt);
    damage("UPDATE events SET row = -5");
    EXPECT_EQ(load().error().code(), Errc::corrupt);
}

TEST_F(SegmentFileTest, TheTailOfAnEmptySegmentIsEmpty) {
    {
        open();
    }
    const auto tail = load();
    ASSERT_TRUE(tail.has_value());
    EXPECT_EQ((*tail)->size(), 0U);
}

TEST_F(SegmentFileTest, ALoadedTailEqualsTheOneThatWasKept) {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        std::filesystem::remove(file);
        RandomRows random(seed);
        Tail live(2'000);
        {
            SegmentWriter writer = open();
            while (live.size() < 600) {
                std::vector<Row> batch;
                const auto first = static_cast<std::uint32_t>(live.size());
                for (std::uint64_t i = 0, count = 1 + random.below(60); i < count; ++i) {
                    batch.push_back(random.next({1, first + static_cast<std::uint32_t>(i)}));
                }
                ASSERT_TRUE(write_rows(writer, first, batch));
                append_to_tail(live, batch);
            }
        }
        const auto loaded = load(2'000);
        ASSERT_TRUE(loaded.has_value()) << loaded.error().describe();
        ASSERT_EQ((*loaded)->size(), live.size());
        for (std::size_t row = 0; row < live.size(); ++row) {
            const TailEntry& was = live[row];
            const TailEntry& is = (**loaded)[row];
            ASSERT_EQ(std::memcmp(&was, &is, sizeof was), 0) << "seed " << seed << " row " << row;
            const auto before = live.destinations_of(was);
            const auto after = (*loaded)->destinations_of(is);
            ASSERT_TRUE(was.kind != RowKind::event ||
                        std::ranges::equal(before, after, [](const auto& a, const auto& b) {
                            return a.destination == b.destination && a.incarnation == b.incarnation;
                        }));
        }
    }
}

TEST_F(SegmentFileTest, ListsSegmentsAndIgnoresStrangers) {
    for (const char* name :
         {"00000012.db", "00000002.db", "00000002.db-wal", "00000002.db-shm", "notes.txt", "0000001.db", "000000012.db",
          "0000000x.db", "-0000001.db", "99999999.db", "00000002.bak"}) {
        write_file(folder / name, "");
    }
    EXPECT_EQ(list_segments(folder.path()), (std::vector<std::uint32_t>{2, 12, 99'999'999}));
    EXPECT_EQ(list_segments(folder / "missing").error().code(), Errc::unavailable);
}

TEST_F(SegmentFileTest, NamesFilesByTheirNumber) {
    EXPECT_EQ(segment_path("/x", 42), "/x/00000042.db");
}

TEST(Destinations, ArePackedAndUnpacked) {
    const std::vector<model::DestinationKey> keys = {{1, 12, 1}, {1, 4'294'967'295, 4'294'967'295}};
    EXPECT_EQ(pack_destinations(keys), "12:1,4294967295:4294967295");
    const auto back = unpack_destinations(pack_destinations(keys));
    ASSERT_EQ(back.size(), 2U);
    EXPECT_EQ(back[0].destination, 12U);
    EXPECT_EQ(back[1].incarnation, 4'294'967'295U);
    EXPECT_EQ(pack_destinations({}), "");
    for (const char* nonsense : {"", ",", "x", "1", "1:", ":1", "99999999999:1"}) {
        EXPECT_TRUE(unpack_destinations(nonsense).empty()) << nonsense;
    }
    EXPECT_EQ(unpack_destinations("1:1,2").size(), 1U);
}

TEST(SegmentDirectory, KeepsItsListInOrderAndReplacesByNumber) {
    SegmentDirectory directory;
    const auto before = directory.list();
    directory.put({.number = 5, .file = {}, .tail = std::make_shared<Tail>(1), .range = {}});
    directory.put({.number = 2, .file = {}, .tail = nullptr, .range = {}});
    directory.put({.number = 5, .file = {}, .tail = nullptr, .range = {.rows = 9}});
    EXPECT_TRUE(before->empty());
    const auto list = directory.list();
    ASSERT_EQ(list->size(), 2U);
    EXPECT_EQ(list->at(0)->number, 2U);
    EXPECT_EQ(list->at(1)->range.rows, 9U);
    EXPECT_TRUE(SegmentDirectory::find(*list, 5)->sealed());
    EXPECT_EQ(SegmentDirectory::find(*list, 3), nullptr);
}

}  // namespace
}  // namespace outpost::embedded
