#include "backends/embedded/seal/segment_sealer.hpp"

#include "backends/embedded/log/segment_file.hpp"
#include "base/test_point.hpp"

namespace outpost::embedded {
namespace {

constexpr const char* kIndexes = R"sql(
CREATE INDEX IF NOT EXISTS events_by_id ON events (id);
CREATE INDEX IF NOT EXISTS events_by_tenant ON events (tenant, time, id);
CREATE INDEX IF NOT EXISTS events_by_time ON events (time, id);
CREATE INDEX IF NOT EXISTS attempts_by_id ON attempts (id);
CREATE INDEX IF NOT EXISTS attempts_by_tenant ON attempts (tenant, time, id);
CREATE INDEX IF NOT EXISTS attempts_by_destination ON attempts (destination, time, id);
CREATE INDEX IF NOT EXISTS attempts_by_time ON attempts (time, id);
CREATE INDEX IF NOT EXISTS attempts_by_event ON attempts (event_id);
CREATE INDEX IF NOT EXISTS attempts_by_delivery ON attempts (event_segment, event_row, destination);
CREATE INDEX IF NOT EXISTS decisions_by_delivery ON decisions (event_segment, event_row, destination);
CREATE TABLE IF NOT EXISTS event_destinations (
  destination INTEGER NOT NULL, time INTEGER NOT NULL, row INTEGER NOT NULL,
  PRIMARY KEY (destination, time, row)) STRICT, WITHOUT ROWID;
DELETE FROM event_destinations;
)sql";

struct Matched {
    std::uint32_t destination;
    std::int64_t time;
    std::int64_t row;
    auto operator<=>(const Matched&) const = default;
};

/// Which destinations each event was for, as a table that can be searched.
Result<void> fill_event_destinations(Database& database) {
    std::vector<Matched> all;
    TRY(Statement events, database.prepare("SELECT row, time, destinations FROM events WHERE destinations <> ''"));
    while (true) {
        TRY(const bool more, events.step());
        if (!more) break;
        for (const TailDestination& matched : unpack_destinations(events.text(2))) {
            all.push_back({matched.destination, events.integer(1), events.integer(0)});
        }
    }
    std::ranges::sort(all);  // in the table's own order: appends instead of random inserts
    TRY(Statement insert, database.prepare("INSERT OR IGNORE INTO event_destinations VALUES (?,?,?)"));
    for (const Matched& matched : all) {
        insert.bind(1, matched.destination).bind(2, matched.time).bind(3, matched.row);
        TRY_VOID(insert.run());
    }
    return {};
}

/// Every id that somebody may ask the segment for, hashed.
Result<std::vector<std::uint64_t>> hashes_of_ids(Database& database) {
    std::vector<std::uint64_t> hashes;
    const auto add = [&](const char* sql, std::uint64_t (*hash)(std::string_view)) -> Result<void> {
        TRY(Statement ids, database.prepare(sql));
        while (true) {
            TRY(const bool more, ids.step());
            if (!more) return {};
            hashes.push_back(hash(ids.text(0)));
        }
    };
    // From the indexes: the rows, with their payloads, are not read.
    TRY_VOID(add("SELECT id FROM events", &event_id_hash));
    TRY_VOID(add("SELECT event_id FROM attempts", &event_id_hash));
    TRY_VOID(add("SELECT id FROM attempts", &attempt_id_hash));
    std::ranges::sort(hashes);  // most attempts are of the segment's own events: numbers are sorted faster than texts
    const auto repeated = std::ranges::unique(hashes);
    hashes.erase(repeated.begin(), repeated.end());
    return hashes;
}

/// The bounds in two columns, when there are rows.
TimeBounds bounds_in(const Statement& row, int first) {
    if (row.is_null(first)) return {};
    return {row.integer(first), row.integer(first + 1)};
}

/// `received` stays apart: it is the clock of the row, never the client's, so that adding an hour is safe.
Result<void> measure_events(Database& segment, SegmentRange& range) {
    TRY(Statement rows,
        segment.prepare(fmt::format(
            "SELECT count(*), max(received),"
            " min(time) FILTER (WHERE place = 0), max(time) FILTER (WHERE place = 0),"
            " min(time) FILTER (WHERE place = -1), max(time) FILTER (WHERE place = -1),"
            " min(time) FILTER (WHERE place = 1), max(time) FILTER (WHERE place = 1)"
            " FROM (SELECT time, received, CASE WHEN time > received + {0} THEN 1 WHEN time < received - {0} OR"
            " carried_from IS NOT NULL THEN -1 ELSE 0 END AS place FROM events)",
            kLateAfterMs)));
    TRY_VOID(rows.step());
    range.rows += static_cast<std::uint32_t>(rows.integer(0));
    range.received_last = rows.optional_integer(1).value_or(range.received_last);
    const TimeBounds punctual = bounds_in(rows, 2);
    range.event_time_first = punctual.first;
    range.event_time_last = punctual.last;
    range.late_past = bounds_in(rows, 4);
    range.late_future = bounds_in(rows, 6);
    return {};
}

}  // namespace

Result<SegmentRange> measure_segment(Database& segment) {
    SegmentRange range;
    TRY_VOID(measure_events(segment, range));
    TRY(Statement rows, segment.prepare("SELECT (SELECT count(*) FROM attempts) + (SELECT count(*) FROM decisions),"
                                        " (SELECT min(time) FROM attempts), (SELECT max(time) FROM attempts),"
                                        " (SELECT max(time) FROM decisions WHERE kind = ?)"));
    rows.bind(1, static_cast<std::int64_t>(ports::DecisionKind::carried));
    TRY_VOID(rows.step());
    range.rows += static_cast<std::uint32_t>(rows.integer(0));
    const TimeBounds attempts = bounds_in(rows, 1);
    range.attempt_time_first = attempts.first;
    range.attempt_time_last = attempts.last;
    // What was carried is as young as its copy: else a segment of copies would be too old as soon as it is sealed.
    range.received_last = std::max(range.received_last, rows.optional_integer(3).value_or(range.received_last));
    return range;
}

Result<SegmentRange> seal_segment(const std::filesystem::path& file, std::optional<std::size_t> rows) {
    TRY(Database database, Database::open(file, OpenMode::existing));
    TRY_VOID(database.execute("PRAGMA synchronous=FULL; PRAGMA cache_size=-16384; PRAGMA temp_store=MEMORY"));
    TRY(Transaction transaction, Transaction::begin(database));
    if (rows) TRY_VOID(cut_rows(database, *rows));
    TRY_VOID(database.execute(kIndexes));
    TRY_VOID(fill_event_destinations(database));
    TRY(const SegmentRange range, measure_segment(database));
    test_point("seal.indexed");
    TRY_VOID(transaction.commit());
    test_point("seal.before_truncate");
    // Readers of sealed segments do not look at the WAL: it must be empty.
    TRY(Statement checkpoint, database.prepare("PRAGMA wal_checkpoint(TRUNCATE)"));
    TRY_VOID(checkpoint.step());
    if (checkpoint.integer(0) != 0) return fail(Errc::unavailable, "a reader kept the segment's WAL busy");
    TRY(const auto hashes, hashes_of_ids(database));
    TRY_VOID(IdFilter::write(id_filter_path(file), hashes));
    return range;
}

}  // namespace outpost::embedded
