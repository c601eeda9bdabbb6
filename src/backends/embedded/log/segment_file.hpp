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

/// Where an event's name comes from when its row is a copy: deliveries, attempts and answers keep naming the place
/// where the event was accepted, whatever became of that segment.
struct Origin {
    model::EventRef ref;  ///< where it was accepted
    std::uint32_t carried_from =
        0;  ///< the segment of which this is a copy: while that one is there, this one is hidden
};

/// An event as its row has it.
struct StoredEvent {
    model::EventPtr event;
    std::uint32_t tenant = 0;
    std::vector<TailDestination> destinations;
    std::optional<Origin> origin;
};

/// The row of an event in a segment that is to go, with its columns as they are stored, to be written once more into
/// the open segment (design.md §4 "Retention").
struct CarriedEvent {
    Origin origin;
    std::string id;
    std::int64_t tenant = 0, time = 0, received = 0, eligible = 0;
    std::string destinations, topic, metadata, data;
    std::size_t bytes() const { return id.size() + destinations.size() + topic.size() + metadata.size() + data.size(); }
};

/// A decision with what the ledger found out about its delivery.
struct DecisionRow {
    ports::Decision decision;
    std::uint32_t attempts = 0;
    std::int64_t due_ms = kClosed;
    /// Of one that opens: the segment that holds the event. The row is refused when that one is gone or about to be.
    std::uint32_t home = 0;
};
/// The reason of a carried decision whose next attempt is manual.
inline constexpr std::string_view kCarriedManual = "manual";

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
    Result<void> append_carried(std::uint32_t row, const CarriedEvent& event);
    Result<void> append_attempt(std::uint32_t row, const ports::Settlement& settlement);
    Result<void> append_decision(std::uint32_t row, const DecisionRow& decision);

    /// A small write, to learn whether writing works again.
    Result<void> touch();
    /// Notes, durably, how many rows the segment before this one has: see cut_rows().
    Result<void> note_rows_before(std::size_t rows);

    std::uint64_t bytes_appended() const { return bytes_appended_; }
    Result<Database::CheckpointResult> checkpoint_passive() { return database_.checkpoint_passive(); }
    /// No more is written, not even when it is destroyed: the sealer copies the WAL back.
    void leave() { database_.keep_wal_on_close(); }

private:
    Database database_;
    Statement begin_, commit_;
    Statement insert_event_, insert_carried_, insert_attempt_, insert_decision_;
    std::string scratch_;
    std::uint64_t bytes_appended_ = 0;
};

/// Text forms used in rows: "12:1,13:1" (number:incarnation).
std::string pack_destinations(std::span<const model::DestinationKey> destinations);
std::vector<TailDestination> unpack_destinations(std::string_view text);

/// The columns of `events` that read_stored_event() expects, in order: kEventFieldColumns, then the payload.
inline constexpr std::string_view kEventColumns =
    "row, id, tenant, time, received, eligible, destinations, topic, origin_segment, origin_row, carried_from,"
    " checksum, metadata, data";
inline constexpr int kEventTenantColumn = 2;  ///< among these: its public id is resolved before the rest is read
/// Reads the current row of a statement over kEventColumns starting at `first`. The tenant's public id is resolved by
/// the caller. @return corrupt when the checksum does not fit
Result<StoredEvent> read_stored_event(const Statement& row, int first, const TenantId& tenant);

/// A commit whose sync failed was refused, and yet its rows may lie in the WAL: whoever recovers that finds them. They
/// are removed: all from row number `rows` on. Inside the caller's transaction, if there is one.
Result<void> cut_rows(Database& segment, std::size_t rows);
/// What note_rows_before() noted in this file; none when it was the first one of its process, or has no tables.
Result<std::optional<std::size_t>> rows_before(const std::filesystem::path& file);

/// Rebuilds the tail of an unsealed segment from its file.
Result<std::shared_ptr<Tail>> load_tail(Database& segment, std::size_t rows_max);

/// The hashes that tails and filters use for public ids and texts.
std::uint64_t event_id_hash(std::string_view id);
std::uint64_t attempt_id_hash(std::string_view id);
std::uint32_t text_hash32(std::string_view text);

TailEntry tail_entry_of(const ports::Acceptance& acceptance, std::uint32_t side_first);
TailEntry tail_entry_of(const ports::Settlement& settlement);
TailEntry tail_entry_of(const DecisionRow& decision);
TailEntry tail_entry_of(const CarriedEvent& event, std::uint32_t side_first, std::uint32_t destinations);

/// Whether a decision makes the next attempt a manual one.
bool makes_manual(ports::DecisionKind kind, std::string_view reason);

}  // namespace outpost::embedded
