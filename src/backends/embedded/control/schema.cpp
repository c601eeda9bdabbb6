#include "backends/embedded/control/schema.hpp"

namespace outpost::embedded {
namespace {

constexpr std::int64_t kFormat = 1;

constexpr const char* kPragmas =
    "PRAGMA journal_mode=WAL; PRAGMA cache_size=-2048; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY;"
    "PRAGMA foreign_keys=OFF;";

// tenants and destinations keep their rows for ever: numbers are given out once, log rows refer to them.
// A tenant that only had events published for it has a row without created_at.
// counter_from: the place of the log (see log_place) where the count of failures begins; counter_since: when that was.
// outbox.attempt is the attempt's place. late_times: of those segments that have late events (docs/adr/0010).
constexpr const char* kSchema = R"sql(
CREATE TABLE IF NOT EXISTS tenants (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, metadata TEXT NOT NULL DEFAULT '{}',
  created_at INTEGER, updated_at INTEGER, deleted_at INTEGER) STRICT;
CREATE INDEX IF NOT EXISTS tenants_by_creation ON tenants (created_at, id)
  WHERE created_at IS NOT NULL AND deleted_at IS NULL;
CREATE TABLE IF NOT EXISTS destinations (
  number INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, id TEXT NOT NULL, incarnation INTEGER NOT NULL,
  version INTEGER NOT NULL, type TEXT NOT NULL, topics TEXT NOT NULL, filter TEXT NOT NULL, config TEXT NOT NULL,
  credentials BLOB, delivery_metadata BLOB, metadata TEXT NOT NULL, created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL, disabled_at INTEGER, deleted_at INTEGER, counter_from INTEGER NOT NULL DEFAULT 0,
  disabled_reason TEXT NOT NULL DEFAULT '', counter_since INTEGER NOT NULL DEFAULT 0, UNIQUE (tenant, id)) STRICT;
CREATE INDEX IF NOT EXISTS destinations_by_id ON destinations (id);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS segments (
  number INTEGER PRIMARY KEY, rows INTEGER NOT NULL, event_time_first INTEGER NOT NULL,
  event_time_last INTEGER NOT NULL, attempt_time_first INTEGER NOT NULL, attempt_time_last INTEGER NOT NULL,
  received_last INTEGER NOT NULL, sealed_at INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS late_times (
  segment INTEGER PRIMARY KEY, past_first INTEGER NOT NULL, past_last INTEGER NOT NULL,
  future_first INTEGER NOT NULL, future_last INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS projection (
  name TEXT PRIMARY KEY, segment INTEGER NOT NULL, row INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS carried_events (
  event_segment INTEGER NOT NULL, event_row INTEGER NOT NULL, segment INTEGER NOT NULL, row INTEGER NOT NULL,
  PRIMARY KEY (event_segment, event_row)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS carried_events_by_place ON carried_events (segment);
CREATE TABLE IF NOT EXISTS open_deliveries (
  event_segment INTEGER NOT NULL, event_row INTEGER NOT NULL, destination INTEGER NOT NULL,
  incarnation INTEGER NOT NULL, tenant INTEGER NOT NULL, attempts INTEGER NOT NULL, due INTEGER NOT NULL,
  manual INTEGER NOT NULL, PRIMARY KEY (event_segment, event_row, destination, incarnation)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS open_deliveries_by_destination
  ON open_deliveries (destination, due, event_segment, event_row);
CREATE TABLE IF NOT EXISTS destination_watch (
  destination INTEGER PRIMARY KEY, incarnation INTEGER NOT NULL, failures INTEGER NOT NULL, last_failure INTEGER,
  level INTEGER, exhausted_at INTEGER, counted_to INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS outbox (
  number INTEGER PRIMARY KEY, topic TEXT NOT NULL, source TEXT NOT NULL, time INTEGER NOT NULL, tenant INTEGER NOT NULL,
  destination INTEGER NOT NULL, attempt INTEGER, disabled_at INTEGER, detail TEXT NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0, due INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX IF NOT EXISTS outbox_by_due ON outbox (due, number);
CREATE TABLE IF NOT EXISTS tasks (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, tenant TEXT NOT NULL, state TEXT NOT NULL,
  created_at INTEGER NOT NULL, started_at INTEGER, finished_at INTEGER, total INTEGER, done INTEGER NOT NULL,
  failed INTEGER NOT NULL, skipped INTEGER NOT NULL, cursor TEXT NOT NULL, parameters TEXT NOT NULL,
  work TEXT NOT NULL, error TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS tasks_by_tenant ON tasks (tenant, number);
CREATE INDEX IF NOT EXISTS tasks_unfinished ON tasks (number) WHERE finished_at IS NULL;
CREATE INDEX IF NOT EXISTS tasks_by_end ON tasks (finished_at) WHERE finished_at IS NOT NULL;
)sql";

/// Columns that an earlier version did not have.
Result<void> add_columns(Database& database) {
    TRY(const auto there, database.query_integer(
                              "SELECT count(*) FROM pragma_table_info('destinations') WHERE name = 'disabled_reason'"));
    if (there.value_or(0) > 0) return {};
    return database.execute(
        "ALTER TABLE destinations ADD COLUMN disabled_reason TEXT NOT NULL DEFAULT '';"
        "ALTER TABLE destinations ADD COLUMN counter_since INTEGER NOT NULL DEFAULT 0");
}

}  // namespace

Result<Database> open_control(const std::filesystem::path& file) {
    TRY(Database database, Database::open(file, OpenMode::create));
    TRY_VOID(database.execute(kPragmas));
    TRY_VOID(database.execute("PRAGMA synchronous=FULL"));
    TRY(const auto format, database.query_integer("PRAGMA user_version"));
    if (format.value_or(0) > kFormat) {
        return fail(Errc::corrupt, fmt::format("{} was written by a newer version (format {}, this version knows {})",
                                               file.string(), *format, kFormat));
    }
    TRY(Transaction transaction, Transaction::begin(database));
    TRY_VOID(database.execute(kSchema));
    TRY_VOID(add_columns(database));
    TRY_VOID(database.execute(fmt::format("PRAGMA user_version={}", kFormat).c_str()));
    TRY_VOID(transaction.commit());
    return database;
}

Result<Database> open_projections(const std::filesystem::path& file) {
    TRY(Database database, Database::open(file, OpenMode::existing));
    TRY_VOID(database.execute(kPragmas));
    TRY_VOID(database.execute("PRAGMA synchronous=NORMAL"));
    return database;
}

}  // namespace outpost::embedded
