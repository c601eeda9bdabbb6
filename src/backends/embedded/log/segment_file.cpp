#include "backends/embedded/log/segment_file.hpp"

#include "backends/embedded/log/row_checksum.hpp"
#include "base/json.hpp"
#include "base/json_writer.hpp"

namespace outpost::embedded {
namespace {

// page_size must come first; wal_autocheckpoint=0 because checkpoints inside the writer stall it (design.md §4).
constexpr const char* kPragmas =
    "PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;"
    "PRAGMA cache_size=-2048; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY;";

constexpr std::int64_t kFormat = 3;

constexpr const char* kSchema = R"sql(
CREATE TABLE IF NOT EXISTS segment (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
INSERT OR IGNORE INTO segment VALUES ('format', 3);
CREATE TABLE IF NOT EXISTS events (
  row INTEGER PRIMARY KEY, id TEXT NOT NULL, tenant INTEGER NOT NULL, time INTEGER NOT NULL, received INTEGER NOT NULL,
  eligible INTEGER NOT NULL, destinations TEXT NOT NULL, topic TEXT NOT NULL, checksum INTEGER NOT NULL,
  metadata TEXT, data TEXT NOT NULL, origin_segment INTEGER, origin_row INTEGER, carried_from INTEGER) STRICT;
CREATE TABLE IF NOT EXISTS attempts (
  row INTEGER PRIMARY KEY, id TEXT NOT NULL, event_segment INTEGER NOT NULL, event_row INTEGER NOT NULL,
  tenant INTEGER NOT NULL, destination INTEGER NOT NULL, incarnation INTEGER NOT NULL, number INTEGER NOT NULL,
  manual INTEGER NOT NULL, success INTEGER NOT NULL, time INTEGER NOT NULL, duration INTEGER NOT NULL,
  next_due INTEGER, next_manual INTEGER NOT NULL, event_id TEXT NOT NULL, topic TEXT NOT NULL, type TEXT NOT NULL,
  code TEXT NOT NULL, checksum INTEGER NOT NULL, response TEXT, trace TEXT) STRICT;
CREATE TABLE IF NOT EXISTS decisions (
  row INTEGER PRIMARY KEY, kind INTEGER NOT NULL, event_segment INTEGER NOT NULL, event_row INTEGER NOT NULL,
  tenant INTEGER NOT NULL, destination INTEGER NOT NULL, incarnation INTEGER NOT NULL, attempts INTEGER NOT NULL,
  time INTEGER NOT NULL, due INTEGER, reason TEXT NOT NULL, checksum INTEGER NOT NULL) STRICT;
)sql";

/// `metadata` as a JSON object; empty when there is none.
void write_metadata(std::string& out, const model::StringMap& metadata) {
    out.clear();
    if (metadata.empty()) return;
    JsonWriter json(out);
    json.begin_object();
    for (const auto& [key, value] : metadata) json.member(key, value);
    json.end_object();
}

Result<model::StringMap> read_metadata(std::string_view text) {
    model::StringMap metadata;
    if (text.empty()) return metadata;
    TRY(const json::value value, parse_json(text));
    if (!value.is_object()) return fail(Errc::corrupt, "an event's metadata is no object");
    for (const auto& member : value.get_object()) {
        if (!member.value().is_string()) return fail(Errc::corrupt, "an event's metadata is no object of strings");
        metadata.emplace(member.key(), std::string_view(member.value().get_string()));
    }
    return metadata;
}

std::optional<std::int64_t> due_or_null(std::int64_t due_ms) {
    return due_ms == kClosed ? std::nullopt : std::optional(due_ms);
}

}  // namespace

Result<SegmentWriter> SegmentWriter::open(const std::filesystem::path& file) {
    SegmentWriter writer;
    TRY(writer.database_, Database::open(file, OpenMode::create));
    Database& database = writer.database_;
    TRY_VOID(database.execute(kPragmas));
    TRY_VOID(database.execute(kSchema));
    TRY(const auto format, database.query_integer("SELECT value FROM segment WHERE name = 'format'"));
    if (format.value_or(0) > kFormat) {
        return fail(Errc::corrupt, fmt::format("{} was written by a newer version (format {}, this version knows {})",
                                               file.string(), *format, kFormat));
    }
    if (format.value_or(0) < kFormat) {
        return fail(Errc::corrupt, fmt::format("{} was written by a development version (format {})", file.string(),
                                               format.value_or(0)));
    }
    TRY(writer.begin_, database.prepare("BEGIN IMMEDIATE"));
    TRY(writer.commit_, database.prepare("COMMIT"));
    TRY(writer.insert_event_,
        database.prepare("INSERT INTO events (row, id, tenant, time, received, eligible, destinations, topic, checksum,"
                         " metadata, data) VALUES (?,?,?,?,?,?,?,?,?,?,?)"));
    TRY(writer.insert_carried_,
        database.prepare("INSERT INTO events (row, id, tenant, time, received, eligible, destinations, topic, checksum,"
                         " metadata, data, origin_segment, origin_row, carried_from) VALUES"
                         " (?,?,?,?,?,?,?,?,?,?,?,?,?,?)"));
    TRY(writer.insert_attempt_,
        database.prepare("INSERT INTO attempts (row, id, event_segment, event_row, tenant, destination, incarnation,"
                         " number, manual, success, time, duration, next_due, next_manual, event_id, topic, type, code,"
                         " checksum, response, trace) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"));
    TRY(writer.insert_decision_,
        database.prepare("INSERT INTO decisions (row, kind, event_segment, event_row, tenant, destination, incarnation,"
                         " attempts, time, due, reason, checksum) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"));
    return writer;
}

Result<void> SegmentWriter::begin() {
    return begin_.run();
}

Result<void> SegmentWriter::commit() {
    return commit_.run();
}

void SegmentWriter::rollback() {
    database_.rollback();
}

Result<void> SegmentWriter::append_event(std::uint32_t row, const ports::Acceptance& acceptance) {
    const model::Event& event = *acceptance.event;
    write_metadata(scratch_, event.metadata);
    const std::string destinations = pack_destinations(acceptance.destinations);
    const std::string_view data = event.data.view();
    const std::uint32_t fields = checksum_of(EventFields{.row = row,
                                                         .id = event.id.value,
                                                         .tenant = acceptance.tenant,
                                                         .time = unix_ms(event.time),
                                                         .received = unix_ms(event.received),
                                                         .eligible = event.eligible_for_retry ? 1 : 0,
                                                         .destinations = destinations,
                                                         .topic = event.topic});
    insert_event_.bind(1, row)
        .bind(2, event.id.value)
        .bind(3, acceptance.tenant)
        .bind(4, unix_ms(event.time))
        .bind(5, unix_ms(event.received))
        .bind(6, event.eligible_for_retry ? 1 : 0)
        .bind(7, destinations)
        .bind(8, event.topic)
        .bind(9, join_checksums(fields, content_checksum(row, {scratch_, data})));
    if (scratch_.empty()) insert_event_.bind_null(10);
    else insert_event_.bind(10, scratch_);
    insert_event_.bind(11, data);
    bytes_appended_ += data.size() + scratch_.size() + event.id.value.size() + 64;
    return insert_event_.run();
}

Result<void> SegmentWriter::append_carried(std::uint32_t row, const CarriedEvent& event) {
    const model::EventRef origin = event.origin.ref;
    const std::uint32_t fields = checksum_of(EventFields{.row = row,
                                                         .id = event.id,
                                                         .tenant = event.tenant,
                                                         .time = event.time,
                                                         .received = event.received,
                                                         .eligible = event.eligible,
                                                         .destinations = event.destinations,
                                                         .topic = event.topic,
                                                         .origin_segment = origin.segment,
                                                         .origin_row = origin.row,
                                                         .carried_from = event.origin.carried_from});
    insert_carried_.bind(1, row)
        .bind(2, event.id)
        .bind(3, event.tenant)
        .bind(4, event.time)
        .bind(5, event.received)
        .bind(6, event.eligible)
        .bind(7, event.destinations)
        .bind(8, event.topic)
        .bind(9, join_checksums(fields, content_checksum(row, {event.metadata, event.data})));
    if (event.metadata.empty()) insert_carried_.bind_null(10);
    else insert_carried_.bind(10, event.metadata);
    insert_carried_.bind(11, event.data)
        .bind(12, origin.segment)
        .bind(13, origin.row)
        .bind(14, event.origin.carried_from);
    bytes_appended_ += event.bytes() + 96;
    return insert_carried_.run();
}

Result<void> SegmentWriter::append_attempt(std::uint32_t row, const ports::Settlement& settlement) {
    const model::Attempt& attempt = settlement.attempt;
    const model::DeliveryKey& key = settlement.key;
    const std::optional<std::int64_t> next_due =
        settlement.next_due ? std::optional(unix_ms(*settlement.next_due)) : std::nullopt;
    const std::uint32_t fields =
        checksum_of(AttemptFields{.row = row,
                                  .id = attempt.id.value,
                                  .event_segment = key.event.segment,
                                  .event_row = key.event.row,
                                  .tenant = key.destination.tenant,
                                  .destination = key.destination.destination,
                                  .incarnation = key.destination.incarnation,
                                  .number = attempt.number,
                                  .manual = attempt.manual ? 1 : 0,
                                  .success = attempt.status == model::AttemptStatus::success ? 1 : 0,
                                  .time = unix_ms(attempt.time),
                                  .next_due = next_due.value_or(kClosed),
                                  .next_manual = settlement.next_manual ? 1 : 0,
                                  .topic = settlement.event->topic,
                                  .type = attempt.destination_type});
    const std::uint32_t content = checksum_of(AttemptContent{.row = row,
                                                             .duration = attempt.duration.count(),
                                                             .event_id = settlement.event->id.value,
                                                             .code = attempt.code,
                                                             .response = attempt.response_data,
                                                             .trace = attempt.trace});
    insert_attempt_.bind(1, row)
        .bind(2, attempt.id.value)
        .bind(3, key.event.segment)
        .bind(4, key.event.row)
        .bind(5, key.destination.tenant)
        .bind(6, key.destination.destination)
        .bind(7, key.destination.incarnation)
        .bind(8, attempt.number)
        .bind(9, attempt.manual ? 1 : 0)
        .bind(10, attempt.status == model::AttemptStatus::success ? 1 : 0)
        .bind(11, unix_ms(attempt.time))
        .bind(12, attempt.duration.count())
        .bind(13, next_due)
        .bind(14, settlement.next_manual ? 1 : 0)
        .bind(15, settlement.event->id.value)
        .bind(16, settlement.event->topic)
        .bind(17, attempt.destination_type)
        .bind(18, attempt.code)
        .bind(19, join_checksums(fields, content));
    if (attempt.response_data.empty()) insert_attempt_.bind_null(20);
    else insert_attempt_.bind(20, attempt.response_data);
    if (attempt.trace.empty()) insert_attempt_.bind_null(21);
    else insert_attempt_.bind(21, attempt.trace);
    bytes_appended_ += attempt.response_data.size() + attempt.trace.size() + settlement.event->id.value.size() + 160;
    return insert_attempt_.run();
}

Result<void> SegmentWriter::append_decision(std::uint32_t row, const DecisionRow& decision) {
    const model::DeliveryKey& key = decision.decision.key;
    const std::uint32_t fields = checksum_of(DecisionFields{.row = row,
                                                            .kind = static_cast<std::int64_t>(decision.decision.kind),
                                                            .event_segment = key.event.segment,
                                                            .event_row = key.event.row,
                                                            .tenant = key.destination.tenant,
                                                            .destination = key.destination.destination,
                                                            .incarnation = key.destination.incarnation,
                                                            .attempts = decision.attempts,
                                                            .time = unix_ms(decision.decision.time),
                                                            .due = decision.due_ms,
                                                            .reason = decision.decision.reason});
    insert_decision_.bind(1, row)
        .bind(2, static_cast<std::int64_t>(decision.decision.kind))
        .bind(3, key.event.segment)
        .bind(4, key.event.row)
        .bind(5, key.destination.tenant)
        .bind(6, key.destination.destination)
        .bind(7, key.destination.incarnation)
        .bind(8, decision.attempts)
        .bind(9, unix_ms(decision.decision.time))
        .bind(10, due_or_null(decision.due_ms))
        .bind(11, decision.decision.reason)
        .bind(12, join_checksums(fields, 0));
    bytes_appended_ += 80;
    return insert_decision_.run();
}

Result<void> SegmentWriter::touch() {
    return database_.execute("INSERT OR REPLACE INTO segment VALUES ('probe', 1)");
}

Result<void> SegmentWriter::note_rows_before(std::size_t rows) {
    return database_.execute(fmt::format("INSERT OR REPLACE INTO segment VALUES ('rows_before', {})", rows).c_str());
}

Result<void> cut_rows(Database& segment, std::size_t rows) {
    for (const char* table : {"events", "attempts", "decisions"}) {
        TRY_VOID(segment.execute(fmt::format("DELETE FROM {} WHERE row >= {}", table, rows).c_str()));
    }
    return {};
}

Result<std::optional<std::size_t>> rows_before(const std::filesystem::path& file) {
    TRY(Database database, Database::open(file, OpenMode::read_only));
    TRY(const auto has_table, database.query_integer("SELECT 1 FROM sqlite_schema WHERE name = 'segment'"));
    if (!has_table) return std::nullopt;
    TRY(const auto rows, database.query_integer("SELECT value FROM segment WHERE name = 'rows_before'"));
    if (!rows) return std::nullopt;
    return static_cast<std::size_t>(*rows);
}

Result<StoredEvent> read_stored_event(const Statement& row, int first, const TenantId& tenant) {
    TRY(const EventFields fields, read_event_fields(row, first));
    const std::string_view metadata = row.text(first + kEventFieldColumnCount);
    const std::string_view data = row.text(first + kEventFieldColumnCount + 1);
    const std::int64_t checksum = row.integer(first + kEventFieldColumnCount - 1);
    if (content_checksum(fields.row, {metadata, data}) != content_half(checksum)) {
        return fail(Errc::corrupt, fmt::format("row {} of events has a damaged payload", fields.row));
    }
    auto event = std::make_shared<model::Event>();
    event->id = EventId(fields.id);
    event->tenant_id = tenant;
    event->time = from_unix_ms(fields.time);
    event->received = from_unix_ms(fields.received);
    event->eligible_for_retry = fields.eligible != 0;
    event->topic = fields.topic;
    TRY(event->metadata, read_metadata(metadata));
    event->data = Bytes(std::string(data));
    StoredEvent stored;
    stored.tenant = static_cast<std::uint32_t>(fields.tenant);
    stored.destinations = unpack_destinations(fields.destinations);
    if (fields.carried()) {
        stored.origin =
            Origin{{static_cast<std::uint32_t>(fields.origin_segment), static_cast<std::uint32_t>(fields.origin_row)},
                   static_cast<std::uint32_t>(fields.carried_from)};
    }
    stored.event = std::move(event);
    return stored;
}

}  // namespace outpost::embedded
