// The rows of an unsealed segment in memory: one small fixed-size entry a row, scanned (design.md §4).
#pragma once

#include "base/result.hpp"
#include "model/delivery.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <span>
#include <optional>
#include <vector>

namespace outpost::embedded {

inline constexpr std::size_t kSegmentRowsMax = 512 * 1024;
inline constexpr std::size_t kEventDestinationsMax = 65'536;  ///< that one event is delivered to

enum class RowKind : std::uint8_t { event, attempt, decision };

/// Milliseconds since 1970, both inclusive; empty when first > last.
struct TimeBounds {
    std::int64_t first = INT64_MAX;
    std::int64_t last = INT64_MIN;

    void include(std::int64_t time) {
        first = std::min(first, time);
        last = std::max(last, time);
    }
    bool empty() const { return first > last; }
    bool operator==(const TimeBounds&) const = default;
};

/// One row. 56 bytes, so that half a million of them are scanned in a few milliseconds.
struct TailEntry {
    std::uint64_t id_hash = 0;  ///< of the event's or attempt's public id; decisions: 0
    std::int64_t time_ms = 0;   ///< event time, attempt time, decision time
    std::int64_t due_ms = 0;    ///< attempts, decisions: next due, kClosed; events: received
    std::uint32_t tenant = 0;
    std::uint32_t topic_hash = 0;     ///< events, attempts
    std::uint32_t event_segment = 0;  ///< attempts, decisions; events: first index in the side array
    std::uint32_t event_row = 0;      ///< attempts, decisions; events: count in the side array
    std::uint32_t destination = 0;    ///< attempts, decisions; carried events: the segment they were accepted in
    std::uint32_t incarnation = 0;    ///< attempts, decisions; carried events: their row there
    std::uint32_t attempts = 0;       ///< attempts: their number; decisions: so far; carried events: copied from there
    RowKind kind = RowKind::event;
    std::uint8_t flags = 0;
    std::uint16_t type_hash = 0;  ///< attempts: destination type
};
static_assert(sizeof(TailEntry) == 56);

inline constexpr std::int64_t kClosed = -1;
inline constexpr std::uint8_t kFlagSuccess = 1;     ///< attempts
inline constexpr std::uint8_t kFlagManual = 2;      ///< attempts: was manual
inline constexpr std::uint8_t kFlagNextManual = 4;  ///< attempts, decisions: the next one is manual
inline constexpr std::uint8_t kFlagCarried = 16;    ///< events: a copy, see CarriedEvent

/// A matched destination in the side array.
struct TailDestination {
    std::uint32_t destination = 0;
    std::uint32_t incarnation = 0;
};

/// Append-only: the log thread writes, any thread reads what size() covers. Sizes are published release/acquire; the
/// slots of the id table likewise. Memory: 28 MiB of entries, 2 MiB of slots and the side array when full.
class Tail {
public:
    explicit Tail(std::size_t rows_max = kSegmentRowsMax);

    std::size_t size() const { return size_.load(std::memory_order_acquire); }
    const TailEntry& operator[](std::size_t row) const { return chunks_[row / kChunkRows]->entries[row % kChunkRows]; }
    std::span<const TailDestination> destinations_of(const TailEntry& event) const;
    /// The times of the rows of a kind from row `chunk` · kChunkRows on, kChunkRows of them; none while some are
    /// missing.
    std::optional<TimeBounds> chunk_times(std::size_t chunk, RowKind kind) const {
        if ((chunk + 1) * kChunkRows > size()) return std::nullopt;
        return chunks_[chunk]->times[static_cast<std::size_t>(kind)];
    }
    static constexpr std::size_t kChunkRows = 8192;
    /// The newest row below size() whose id_hash this is and for which `fits(entry)` says yes.
    template <class Fits>
    std::optional<std::uint32_t> find(std::uint64_t id_hash, Fits fits) const {
        std::optional<std::uint32_t> newest;
        for_each(id_hash, [&](std::uint32_t row, const TailEntry& entry) {
            if ((!newest || row > *newest) && fits(entry)) newest = row;
        });
        return newest;
    }
    /// Calls `visit(row, entry)` for every row below size() whose id_hash this is, in no order.
    template <class Visit>
    void for_each(std::uint64_t id_hash, Visit visit) const {
        const std::size_t rows = size();
        for (std::size_t slot = id_hash & slot_mask_;; slot = (slot + 1) & slot_mask_) {
            const std::uint32_t stored = slots_[slot].load(std::memory_order_acquire);
            if (stored == 0) return;
            const std::uint32_t row = stored - 1;
            if (row < rows && (*this)[row].id_hash == id_hash) visit(row, (*this)[row]);
        }
    }

    /// Whether the side array is so full that the segment must end. What one commit may add still fits.
    bool is_side_full() const { return side_size_ / kSideChunk >= kSideChunksFull; }

    /// Log thread only: adds rows that are durable, then publishes them at once.
    void append(std::span<const TailEntry> entries, std::span<const TailDestination> destinations);
    /// Where the next destinations will lie in the side array.
    std::uint32_t side_size() const { return side_size_; }

private:
    static constexpr std::size_t kSideChunk = kEventDestinationsMax;
    static constexpr std::size_t kSideChunksFull = 62;    // about 4 Mi destinations
    static constexpr std::size_t kSideChunksMax = 2'048;  // places for chunks, so that the commit that fills it fits
    struct Chunk {
        std::array<TailEntry, kChunkRows> entries;
        std::array<TimeBounds, 3> times;  // by kind; read once the chunk is full
    };
    using SideChunk = std::array<TailDestination, kSideChunk>;

    void insert_slot(std::uint64_t id_hash, std::uint32_t row);

    std::vector<std::unique_ptr<Chunk>> chunks_;
    std::vector<std::unique_ptr<SideChunk>> side_;
    std::unique_ptr<std::atomic<std::uint32_t>[]> slots_;  // row + 1; 0 = free
    std::size_t slot_mask_;
    std::uint32_t side_size_ = 0;
    std::atomic<std::size_t> size_ = 0;
};

}  // namespace outpost::embedded
