// One segment of the log on disk: rows in arrival order, no index while it is open (design.md §4).
#pragma once

#include "backends/embedded/log/tail.hpp"
#include "backends/embedded/sqlite/database.hpp"
#include "ports/ledger.hpp"

namespace outpost::embedded {

/// "00000042.db" in the log folder.
std::filesystem::path segment_path(const std::filesystem::path& log_directory, std::uint32_t number);
/// The numbers of the segment files in a folder, ascending.
Result<std::vector<std::uint32_t>> list_segments(const std::filesystem::path& log_directory);

/// An event as its row has it.
struct StoredEvent {
    model::EventPtr event;
    std::uint32_t tenant = 0;
    std::vector<TailDestination> destinations;
};

/// A decision with what the ledger found out about its delivery.
struct DecisionRow {
    ports::Decision decision;
    std::uint32_t attempts = 0;
    std::int64_t due_ms = kClosed;
};

/// Writes rows of the open segment. Log thread only. Appends happen inside begin() … commit().
class SegmentWriter {
public:
    /// Creates or opens the file and prepares its statements.
    static Result<SegmentWriter> open(const std::filesystem::path& file);

    Result<void> begin();
    /// Durable when it returns. After an error nothing of the transaction is stored.
    Result<void> commit();
    void rollback();

    Result<void> append_event(std::uint32_t row, const ports::Acceptance& acceptance);
    Result<void> append_attempt(std::uint32_t row, const ports::Settlement& settlement);
    Result<void> append_decision(std::uint32_t row, const DecisionRow& decision);

    /// A small write, to learn whether writing works again.
    Result<void> touch();

    std::uint64_t bytes_appended() const { return bytes_appended_; }
    Result<Database::CheckpointResult> checkpoint_passive() { return database_.checkpoint_passive(); }
    /// No more is written, not even when it is destroyed: the sealer copies the WAL back.
    void leave() { database_.keep_wal_on_close(); }

private:
    Database database_;
    Statement begin_, commit_;
    Statement insert_event_, insert_attempt_, insert_decision_;
    std::string scratch_;
    std::uint64_t bytes_appended_ = 0;
};

/// Text forms used in rows: "12:1,13:1" (number:incarnation).
std::string pack_destinations(std::span<const model::DestinationKey> destinations);
std::vector<TailDestination> unpack_destinations(std::string_view text);

/// The columns of `events` that read_stored_event() expects, in order: kEventFieldColumns, then the payload.
inline constexpr std::string_view kEventColumns =
    "row, id, tenant, time, received, eligible, destinations, topic, checksum, metadata, data";
inline constexpr int kEventTenantColumn = 2;  ///< among these: its public id is resolved before the rest is read
/// Reads the current row of a statement over kEventColumns starting at `first`. The tenant's public id is resolved by
/// the caller. @return corrupt when the checksum does not fit
Result<StoredEvent> read_stored_event(const Statement& row, int first, const TenantId& tenant);

/// Rebuilds the tail of an unsealed segment from its file.
Result<std::shared_ptr<Tail>> load_tail(Database& segment, std::size_t rows_max);

/// The hashes that tails and filters use for public ids and texts.
std::uint64_t event_id_hash(std::string_view id);
std::uint64_t attempt_id_hash(std::string_view id);
std::uint32_t text_hash32(std::string_view text);

TailEntry tail_entry_of(const ports::Acceptance& acceptance, std::uint32_t side_first);
TailEntry tail_entry_of(const ports::Settlement& settlement);
TailEntry tail_entry_of(const DecisionRow& decision);

}  // namespace outpost::embedded
