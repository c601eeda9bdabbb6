#include "backends/embedded/seal/segment_sealer.hpp"

#include "backends/embedded/fakes/faulty_vfs.hpp"
#include "backends/embedded/fakes/rows.hpp"
#include "backends/embedded/fakes/scratch_folder.hpp"

namespace outpost::embedded {
namespace {

using namespace fakes;

class SealTest : public testing::Test {
protected:
    void write(const std::vector<Row>& rows) {
        auto writer = SegmentWriter::open(file);
        ASSERT_TRUE(writer.has_value());
        ASSERT_TRUE(write_rows(*writer, 0, rows).has_value());
        writer->leave();  // as the journal does: the WAL is the sealer's
    }
    std::vector<Row> some_rows() {
        std::vector<Row> rows;
        RandomRows random(7);
        for (std::uint32_t row = 0; row < 300; ++row) rows.push_back(random.next({1, row}));
        return rows;
    }
    std::optional<std::int64_t> ask(const std::string& sql) {
        auto database = Database::open(file, OpenMode::immutable);
        const auto answer = database->query_integer(sql);
        EXPECT_TRUE(answer.has_value()) << answer.error().describe();
        return answer.value_or(std::nullopt);
    }
    void expect_sealed(const std::vector<Row>& rows) {
        const auto wal = std::filesystem::path(file.string() + "-wal");
        EXPECT_TRUE(!std::filesystem::exists(wal) || std::filesystem::file_size(wal) == 0);
        EXPECT_EQ(ask("SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM attempts) +"
                      " (SELECT count(*) FROM decisions)"),
                  static_cast<std::int64_t>(rows.size()));
        EXPECT_EQ(ask("SELECT count(*) FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"), 10);
        std::int64_t matched = 0;
        for (std::size_t row = 0; row < rows.size(); ++row) {
            const auto* event = std::get_if<ports::Acceptance>(&rows[row]);
            if (event == nullptr) continue;
            for (const auto& destination : event->destinations) {
                ++matched;
                EXPECT_EQ(ask(fmt::format("SELECT count(*) FROM event_destinations WHERE destination = {} AND time = {}"
                                          " AND row = {}",
                                          destination.destination, unix_ms(event->event->time), row)),
                          1);
            }
        }
        EXPECT_EQ(ask("SELECT count(*) FROM event_destinations"), matched);
        const auto ids = IdFilter::open(id_filter_path(file));
        ASSERT_TRUE(ids.has_value());
        for (const Row& row : rows) {
            if (const auto* event = std::get_if<ports::Acceptance>(&row)) {
                EXPECT_TRUE((*ids)->may_contain(event_id_hash(event->event->id.value)));
            } else if (const auto* attempt = std::get_if<ports::Settlement>(&row)) {
                EXPECT_TRUE((*ids)->may_contain(attempt_id_hash(attempt->attempt.id.value)));
                EXPECT_TRUE((*ids)->may_contain(event_id_hash(attempt->event->id.value)));
            }
        }
        EXPECT_FALSE((*ids)->may_contain(event_id_hash("never published")));
        EXPECT_EQ(ask("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"), 0);
    }

    ScratchFolder folder;
    std::filesystem::path file = segment_path(folder.path(), 1);
};

TEST_F(SealTest, MeasuresWhatASegmentHolds) {
    const auto late = make_acceptance({.id = "e1", .time = kNow + 1h, .received = kNow + 5ms}, {7});
    const auto early = make_acceptance({.id = "e2", .time = kNow - 1h, .received = kNow});
    auto attempt = make_settlement({{1, 0}, {1, 7, 1}}, late.event, "a1", 1);
    attempt.attempt.time = kNow + 9ms;
    write({late, early, attempt, make_decision({{1, 0}, {1, 7, 1}}, ports::DecisionKind::redeliver, 1)});
    const auto range = seal_segment(file);
    ASSERT_TRUE(range.has_value()) << range.error().describe();
    EXPECT_EQ(range->rows, 4U);
    EXPECT_EQ(range->event_time_first, unix_ms(kNow - 1h));
    EXPECT_EQ(range->event_time_last, unix_ms(kNow + 1h));
    EXPECT_EQ(range->attempt_time_first, unix_ms(kNow + 9ms));
    EXPECT_EQ(range->attempt_time_last, unix_ms(kNow + 9ms));
    EXPECT_EQ(range->received_last, unix_ms(kNow + 5ms));
    EXPECT_TRUE(range->late_past.empty() && range->late_future.empty());  // an hour is not over an hour
}

TEST_F(SealTest, MeasuresLateEventsApart) {  // design.md §4
    std::vector<Row> rows;
    for (const auto off : {Milliseconds(0), -Milliseconds(1h), -Milliseconds(1h) - 1ms, -Milliseconds(500'000h),
                           Milliseconds(1h), Milliseconds(1h) + 1ms, Milliseconds(2'000'000h)}) {
        rows.push_back(make_acceptance({.id = fmt::format("e{}", rows.size()), .time = kNow + off}));
    }
    write(rows);
    const auto range = seal_segment(file);
    ASSERT_TRUE(range.has_value()) << range.error().describe();
    EXPECT_EQ(range->rows, 7U);
    EXPECT_EQ(range->event_time_first, unix_ms(kNow - 1h));
    EXPECT_EQ(range->event_time_last, unix_ms(kNow + 1h));
    EXPECT_EQ(range->late_past, (TimeBounds{unix_ms(kNow - 500'000h), unix_ms(kNow - 1h - 1ms)}));
    EXPECT_EQ(range->late_future, (TimeBounds{unix_ms(kNow + 1h + 1ms), unix_ms(kNow + 2'000'000h)}));
}

TEST_F(SealTest, CopiesOfCarriedEventsAreLate) {  // as old as retention allows, in a segment that is young
    {
        auto writer = SegmentWriter::open(file);
        CarriedEvent old{.origin = {.ref = {1, 0}, .carried_from = 1}, .id = "e1", .tenant = 1, .topic = "a"};
        old.time = old.received = unix_ms(kNow - 700h);
        CarriedEvent ahead = old;
        ahead.time = unix_ms(kNow);
        ASSERT_TRUE(writer->begin() && writer->append_carried(0, old) && writer->append_carried(1, ahead));
        ASSERT_TRUE(writer->append_event(2, make_acceptance({.id = "e2"})) && writer->commit());
        writer->leave();
    }
    const auto range = seal_segment(file);
    ASSERT_TRUE(range.has_value()) << range.error().describe();
    EXPECT_EQ(range->event_time_first, unix_ms(kNow));
    EXPECT_EQ(range->event_time_last, unix_ms(kNow));
    EXPECT_EQ(range->late_past, (TimeBounds{unix_ms(kNow - 700h), unix_ms(kNow - 700h)}));
    EXPECT_EQ(range->late_future, (TimeBounds{unix_ms(kNow), unix_ms(kNow)}));
}

TEST_F(SealTest, ASegmentWithoutEventsOrAttemptsHasEmptyRanges) {
    write({make_decision({{9, 0}, {1, 7, 1}}, ports::DecisionKind::cancelled)});
    const auto range = seal_segment(file);
    ASSERT_TRUE(range.has_value());
    EXPECT_EQ(range->rows, 1U);
    EXPECT_GT(range->event_time_first, range->event_time_last);
    EXPECT_GT(range->attempt_time_first, range->attempt_time_last);
}

TEST_F(SealTest, BuildsIndexesAndEmptiesTheWal) {
    const auto rows = some_rows();
    write(rows);
    ASSERT_TRUE(seal_segment(file).has_value());
    expect_sealed(rows);
}

TEST_F(SealTest, UsesItsIndexesForEveryKindOfQuestion) {
    write(some_rows());
    ASSERT_TRUE(seal_segment(file).has_value());
    auto database = Database::open(file, OpenMode::immutable);
    for (const char* sql :
         {"SELECT row FROM events WHERE id = 'e1'", "SELECT row FROM events WHERE tenant = 1 ORDER BY time, id",
          "SELECT row FROM events ORDER BY time, id", "SELECT row FROM event_destinations WHERE destination = 1",
          "SELECT row FROM attempts WHERE id = 'a1'", "SELECT row FROM attempts WHERE tenant = 1 ORDER BY time, id",
          "SELECT row FROM attempts WHERE destination = 1 ORDER BY time, id",
          "SELECT row FROM attempts ORDER BY time, id", "SELECT row FROM attempts WHERE event_id = 'e1'",
          "SELECT number FROM attempts WHERE event_segment = 1 AND event_row = 1 AND destination = 1"}) {
        auto plan = database->prepare(std::string("EXPLAIN QUERY PLAN ") + sql);
        ASSERT_TRUE(plan.has_value() && plan->step() == true) << sql;
        const std::string text(plan->text(3));
        EXPECT_TRUE(text.find("INDEX") != std::string::npos || text.find("PRIMARY KEY") != std::string::npos) << text;
        EXPECT_EQ(plan->step(), false) << sql << " needs a sort";
    }
}

TEST_F(SealTest, MayBeRepeated) {  // after a crash before it was recorded
    const auto rows = some_rows();
    write(rows);
    const auto first = seal_segment(file);
    const auto second = seal_segment(file);
    ASSERT_TRUE(second.has_value());
    EXPECT_EQ(first->rows, second->rows);
    expect_sealed(rows);
}

TEST_F(SealTest, MayBeRepeatedAfterACrashAtAnyPoint) {
    const auto rows = some_rows();
    FaultyVfs disk;
    write(rows);
    const std::string before = read_file(file);
    const std::string wal_before = read_file(file.string() + "-wal");
    for (std::size_t after = 0;; after += 1 + after / 4) {
        write_file(file, before);
        write_file(file.string() + "-wal", wal_before);
        std::filesystem::remove(file.string() + "-shm");
        disk.fail(SQLITE_IOERR_WRITE, ".db", after);
        const auto sealed = seal_segment(file);
        const std::size_t struck = disk.heal();
        EXPECT_EQ(sealed.has_value(), struck == 0);
        if (struck == 0) break;
        const auto again = seal_segment(file);
        ASSERT_TRUE(again.has_value()) << again.error().describe();
        expect_sealed(rows);
        ASSERT_LT(after, 10'000U);
    }
}

TEST_F(SealTest, WaitsForNobodyWhoOnlyHasTheFileOpen) {
    const auto rows = some_rows();
    write(rows);
    auto reader = Database::open(file, OpenMode::read_only);
    ASSERT_EQ(reader->query_integer("SELECT count(*) FROM events WHERE row < 0"), 0);
    ASSERT_TRUE(seal_segment(file).has_value());
    expect_sealed(rows);
    EXPECT_EQ(reader->query_integer("SELECT count(*) FROM events WHERE row < 0"), 0);  // and reads on
}

TEST_F(SealTest, NamesADamagedFile) {
    write_file(file, std::string(20'000, 'x'));
    const auto sealed = seal_segment(file);
    ASSERT_FALSE(sealed.has_value());
    EXPECT_EQ(sealed.error().code(), Errc::corrupt);
    EXPECT_NE(sealed.error().text().find("00000001.db"), std::string::npos);
}

}  // namespace
}  // namespace outpost::embedded
