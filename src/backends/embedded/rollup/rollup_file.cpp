#include "backends/embedded/rollup/rollup_file.hpp"

#include <fmt/format.h>

namespace outpost::embedded {
namespace {

constexpr std::int64_t kFormat = 1;

constexpr const char* kPragmas =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-4096; PRAGMA mmap_size=0;"
    "PRAGMA temp_store=MEMORY;";

// The segment comes first: retention removes a segment's cells with its rows, new cells lie side by side, and a
// finished segment's are never touched again. `span` and `start` are minutes.
constexpr const char* kSchema = R"sql(
CREATE TABLE IF NOT EXISTS watermark (
  name TEXT PRIMARY KEY, segment INTEGER NOT NULL, row INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS event_cells (
  segment INTEGER NOT NULL, span INTEGER NOT NULL, tenant INTEGER NOT NULL, start INTEGER NOT NULL,
  destination INTEGER NOT NULL, topic TEXT NOT NULL, carried_from INTEGER NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY (segment, span, tenant, start, destination, topic, carried_from)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS attempt_cells (
  segment INTEGER NOT NULL, span INTEGER NOT NULL, tenant INTEGER NOT NULL, start INTEGER NOT NULL,
  destination INTEGER NOT NULL, topic TEXT NOT NULL, type TEXT NOT NULL, success INTEGER NOT NULL, code TEXT NOT NULL,
  manual INTEGER NOT NULL, number INTEGER NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY (segment, span, tenant, start, destination, topic, type, success, code, manual, number)
  ) STRICT, WITHOUT ROWID;
)sql";

}  // namespace

std::filesystem::path rollup_path(const std::filesystem::path& directory) {
    return directory / "rollup.db";
}

Result<Database> open_rollup(const std::filesystem::path& file) {
    TRY(Database database, Database::open(file, OpenMode::create));
    TRY_VOID(database.execute(kPragmas));
    TRY(const auto format, database.query_integer("PRAGMA user_version"));
    if (format.value_or(0) != 0 && *format != kFormat) {
        return fail(Errc::corrupt,
                    fmt::format("{} has format {}, this version knows {}", file.string(), *format, kFormat));
    }
    TRY(Transaction transaction, Transaction::begin(database));
    TRY_VOID(database.execute(kSchema));
    TRY_VOID(database.execute(fmt::format("PRAGMA user_version={}", kFormat).c_str()));
    TRY_VOID(transaction.commit());
    return database;
}

Result<void> remove_rollup(const std::filesystem::path& file) {
    for (const char* suffix : {"", "-wal", "-shm"}) {
        std::error_code error;
        std::filesystem::remove(file.string() + suffix, error);
        if (error) return fail(Errc::unavailable, fmt::format("{}{}: {}", file.string(), suffix, error.message()));
    }
    return {};
}

Result<model::EventRef> read_rollup_watermark(Database& rollup) {
    TRY(Statement place, rollup.prepare("SELECT segment, row FROM watermark"));
    TRY(const bool found, place.step());
    if (!found) return model::EventRef{};
    return model::EventRef{static_cast<std::uint32_t>(place.integer(0)), static_cast<std::uint32_t>(place.integer(1))};
}

}  // namespace outpost::embedded
