#include "backends/embedded/control/schema.hpp"

namespace outpost::embedded {
namespace {

constexpr std::int64_t kFormat = 1;

constexpr const char* kPragmas =
    "PRAGMA journal_mode=WAL; PRAGMA cache_size=-2048; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY;"
    "PRAGMA foreign_keys=OFF;";

// tenants and destinations keep their rows for ever: numbers are given out once, log rows refer to them.
// A tenant that only had events published for it has a row without created_at.
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
  UNIQUE (tenant, id)) STRICT;
CREATE INDEX IF NOT EXISTS destinations_by_id ON destinations (id);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS segments (
  number INTEGER PRIMARY KEY, rows INTEGER NOT NULL, event_time_first INTEGER NOT NULL,
  event_time_last INTEGER NOT NULL, attempt_time_first INTEGER NOT NULL, attempt_time_last INTEGER NOT NULL,
  received_last INTEGER NOT NULL, sealed_at INTEGER NOT NULL) STRICT;
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
)sql";

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
