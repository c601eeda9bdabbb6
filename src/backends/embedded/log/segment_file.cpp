#include "backends/embedded/log/segment_file.hpp"

#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/json_writer.hpp"

namespace outpost::embedded {
namespace {

// page_size must come first; wal_autocheckpoint=0 because checkpoints inside the writer stall it (design.md §4).
constexpr const char* kPragmas =
    "PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;"
    "PRAGMA cache_size=-2048; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY;";

constexpr const char* kSchema = R"sql(
CREATE TABLE IF NOT EXISTS segment (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
INSERT OR IGNORE INTO segment VALUES ('format', 1);
CREATE TABLE IF NOT EXISTS events (
  row INTEGER PRIMARY KEY, id TEXT NOT NULL, tenant INTEGER NOT NULL, time INTEGER NOT NULL, received INTEGER NOT NULL,
  eligible INTEGER NOT NULL, destinations TEXT NOT NULL, topic TEXT NOT NULL, checksum INTEGER NOT NULL,
  metadata TEXT, data TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS attempts (
  row INTEGER PRIMARY KEY, id TEXT NOT NULL, event_segment INTEGER NOT NULL, event_row INTEGER NOT NULL,
  tenant INTEGER NOT NULL, destination INTEGER NOT NULL, incarnation INTEGER NOT NULL, number INTEGER NOT NULL,
  manual INTEGER NOT NULL, success INTEGER NOT NULL, time INTEGER NOT NULL, duration INTEGER NOT NULL,
  next_due INTEGER, next_manual INTEGER NOT NULL, event_id TEXT NOT NULL, topic TEXT NOT NULL, type TEXT NOT NULL,
  code TEXT NOT NULL, checksum INTEGER NOT NULL, response TEXT) STRICT;
CREATE TABLE IF NOT EXISTS decisions (
  row INTEGER PRIMARY KEY, kind INTEGER NOT NULL, event_segment INTEGER NOT NULL, event_row INTEGER NOT NULL,
  tenant INTEGER NOT NULL, destination INTEGER NOT NULL, incarnation INTEGER NOT NULL, attempts INTEGER NOT NULL,
  time INTEGER NOT NULL, due INTEGER, reason TEXT NOT NULL) STRICT;
)sql";

std::int64_t checksum_of(std::string_view id, std::string_view metadata, std::string_view data) {
    std::uint64_t sum = hash64(id);
    sum = hash64(metadata, sum);
    return static_cast<std::int64_t>(hash64(data, sum));
}

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
    TRY(writer.begin_, database.prepare("BEGIN IMMEDIATE"));
    TRY(writer.commit_, database.prepare("COMMIT"));
    TRY(writer.insert_event_,
        database.prepare("INSERT INTO events (row, id, tenant, time, received, eligible, destinations, topic, checksum,"
                         " metadata, data) VALUES (?,?,?,?,?,?,?,?,?,?,?)"));
    TRY(writer.insert_attempt_,
        database.prepare("INSERT INTO attempts (row, id, event_segment, event_row, tenant, destination, incarnation,"
                         " number, manual, success, time, duration, next_due, next_manual, event_id, topic, type, code,"
                         " checksum, response) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"));
    TRY(writer.insert_decision_,
        database.prepare("INSERT INTO decisions (row, kind, event_segment, event_row, tenant, destination, incarnation,"
                         " attempts, time, due, reason) VALUES (?,?,?,?,?,?,?,?,?,?,?)"));
    TRY(writer.select_event_, database.prepare(fmt::format("SELECT {} FROM events WHERE row = ?", kEventColumns)));
    TRY(writer.select_attempt_, database.prepare("SELECT id FROM attempts WHERE row = ?"));
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
    insert_event_.bind(1, row)
        .bind(2, event.id.value)
        .bind(3, acceptance.tenant)
        .bind(4, unix_ms(event.time))
        .bind(5, unix_ms(event.received))
        .bind(6, event.eligible_for_retry ? 1 : 0)
        .bind(7, destinations)
        .bind(8, event.topic)
        .bind(9, checksum_of(event.id.value, scratch_, data));
    if (scratch_.empty()) insert_event_.bind_null(10);
    else insert_event_.bind(10, scratch_);
    insert_event_.bind(11, data);
    bytes_appended_ += data.size() + scratch_.size() + event.id.value.size() + 64;
    return insert_event_.run();
}

Result<void> SegmentWriter::append_attempt(std::uint32_t row, const ports::Settlement& settlement) {
    const model::Attempt& attempt = settlement.attempt;
    const model::DeliveryKey& key = settlement.key;
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
        .bind(13, settlement.next_due ? std::optional(unix_ms(*settlement.next_due)) : std::nullopt)
        .bind(14, settlement.next_manual ? 1 : 0)
        .bind(15, settlement.event->id.value)
        .bind(16, settlement.event->topic)
        .bind(17, attempt.destination_type)
        .bind(18, attempt.code)
        .bind(19, checksum_of(attempt.id.value, attempt.code, attempt.response_data));
    if (attempt.response_data.empty()) insert_attempt_.bind_null(20);
    else insert_attempt_.bind(20, attempt.response_data);
    bytes_appended_ += attempt.response_data.size() + settlement.event->id.value.size() + 160;
    return insert_attempt_.run();
}

Result<void> SegmentWriter::append_decision(std::uint32_t row, const DecisionRow& decision) {
    const model::DeliveryKey& key = decision.decision.key;
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
        .bind(11, decision.decision.reason);
    bytes_appended_ += 80;
    return insert_decision_.run();
}

Result<void> SegmentWriter::touch() {
    return database_.execute("INSERT OR REPLACE INTO segment VALUES ('probe', 1)");
}

Result<std::optional<StoredEvent>> SegmentWriter::read_event(std::uint32_t row) {
    select_event_.reset();
    select_event_.bind(1, row);
    TRY(const bool found, select_event_.step());
    if (!found) return std::nullopt;
    auto event = read_stored_event(select_event_, 0, TenantId());
    select_event_.reset();
    if (!event) return fail(event.error());
    return std::optional(std::move(*event));
}

Result<bool> SegmentWriter::has_attempt(std::uint32_t row, const AttemptId& id) {
    select_attempt_.reset();
    select_attempt_.bind(1, row);
    TRY(const bool found, select_attempt_.step());
    const bool same = found && select_attempt_.text(0) == id.value;
    select_attempt_.reset();
    return same;
}

Result<StoredEvent> read_stored_event(const Statement& row, int first, const TenantId& tenant) {
    const std::string_view id = row.text(first);
    const std::string_view metadata = row.text(first + 8);
    const std::string_view data = row.text(first + 9);
    if (checksum_of(id, metadata, data) != row.integer(first + 7)) {
        return fail(Errc::corrupt, fmt::format("event {}: the stored row is damaged", id));
    }
    auto event = std::make_shared<model::Event>();
    event->id = EventId(id);
    event->tenant_id = tenant;
    event->time = from_unix_ms(row.integer(first + 2));
    event->received = from_unix_ms(row.integer(first + 3));
    event->eligible_for_retry = row.integer(first + 4) != 0;
    event->topic = row.text(first + 6);
    TRY(event->metadata, read_metadata(metadata));
    event->data = Bytes(std::string(data));
    StoredEvent stored;
    stored.tenant = static_cast<std::uint32_t>(row.integer(first + 1));
    stored.destinations = unpack_destinations(row.text(first + 5));
    stored.event = std::move(event);
    return stored;
}

}  // namespace outpost::embedded
