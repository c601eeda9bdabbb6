#include "backends/embedded/log/tail.hpp"

#include <bit>

namespace outpost::embedded {

Tail::Tail(std::size_t rows_max) : chunks_((rows_max + kChunkRows - 1) / kChunkRows), side_(kSideChunksMax) {
    const std::size_t slots = std::bit_ceil(rows_max * 2);  // at most half full: short probes
    slots_ = std::make_unique<std::atomic<std::uint32_t>[]>(slots);
    slot_mask_ = slots - 1;
}

std::span<const TailDestination> Tail::destinations_of(const TailEntry& event) const {
    if (event.event_row == 0) return {};
    const SideChunk& chunk = *side_[event.event_segment / kSideChunk];
    return std::span(chunk).subspan(event.event_segment % kSideChunk, event.event_row);
}

void Tail::append(std::span<const TailEntry> entries, std::span<const TailDestination> destinations) {
    std::size_t row = size_.load(std::memory_order_relaxed);
    for (const TailEntry& staged : entries) {
        TailEntry entry = staged;
        if (entry.kind == RowKind::event && entry.event_row == 0) entry.event_segment = 0;
        if (entry.kind == RowKind::event && entry.event_row > 0) {
            const std::size_t count = entry.event_row;
            if (side_size_ % kSideChunk + count > kSideChunk) side_size_ += kSideChunk - side_size_ % kSideChunk;
            auto& chunk = side_[side_size_ / kSideChunk];
            if (chunk == nullptr) chunk = std::make_unique<SideChunk>();
            std::ranges::copy(destinations.subspan(staged.event_segment, count),
                              chunk->begin() + side_size_ % kSideChunk);
            entry.event_segment = side_size_;
            side_size_ += static_cast<std::uint32_t>(count);
        }
        auto& chunk = chunks_[row / kChunkRows];
        if (chunk == nullptr) chunk = std::make_unique<Chunk>();
        chunk->entries[row % kChunkRows] = entry;
        chunk->times[static_cast<std::size_t>(entry.kind)].include(entry.time_ms);
        if (entry.id_hash != 0) insert_slot(entry.id_hash, static_cast<std::uint32_t>(row));
        ++row;
    }
    size_.store(row, std::memory_order_release);
}

void Tail::insert_slot(std::uint64_t id_hash, std::uint32_t row) {
    std::size_t slot = id_hash & slot_mask_;
    while (slots_[slot].load(std::memory_order_relaxed) != 0) slot = (slot + 1) & slot_mask_;
    slots_[slot].store(row + 1, std::memory_order_release);
}

}  // namespace outpost::embedded
