// Merging rows of many segments into one page, ordered by (time, id).
#pragma once

#include "backends/embedded/log/segment_directory.hpp"
#include "backends/embedded/sqlite/database.hpp"
#include "model/page.hpp"

#include <map>
#include <numeric>
#include <string>
#include <vector>

namespace outpost::embedded {

/// How a page is walked: paging back reverses the order, and the result is reversed again.
struct Walk {
    explicit Walk(const model::PageRequest& page, const model::TimeRange& range);

    bool ascending;
    bool backwards;
    std::optional<model::Position> from;
    std::size_t wanted;                   ///< limit + 1, to see whether there is more
    std::int64_t time_first = INT64_MIN;  ///< inclusive bounds that range and position leave
    std::int64_t time_last = INT64_MAX;

    /// Whether (time, id) lies beyond the position.
    bool beyond(std::int64_t time_ms, std::string_view id) const;
    bool before(std::int64_t time_a, std::string_view id_a, std::int64_t time_b, std::string_view id_b) const;
};

/// A row that fits the filters.
struct Candidate {
    std::int64_t time_ms = 0;
    std::string id;
    SegmentPtr segment;
    std::uint32_t row = 0;
};

/// The best `walk.wanted` candidates seen so far, in order.
class Candidates {
public:
    explicit Candidates(const Walk& walk) : walk_(walk) {}

    void add(Candidate candidate);
    /// The times that a row must have to be among the best.
    TimeBounds bounds() const;
    /// False when no row of these times can be among the best.
    bool may_improve(const RowTimes& times) const;
    /// The page's rows in the page's own order, and its links.
    struct Page {
        std::vector<Candidate> rows;
        model::PageLinks links;
    };
    Page finish() &&;

private:
    const Walk& walk_;
    std::vector<Candidate> rows_;
};

/// Rows of `kind` in a tail that fit `fits` and lie in `times`, cut to those that can be among the first `walk.wanted`.
/// Rows of the same time as the last one, and as the position, are all kept: their ids decide. Chunks whose times are
/// all behind what was found are passed by.
template <class Fits>
std::vector<std::uint32_t> scan_tail(const Tail& tail, const Walk& walk, const TimeBounds& times, RowKind kind,
                                     Fits fits) {
    std::vector<std::pair<std::int64_t, std::uint32_t>> found;  // (rank, row): the smaller rank comes first
    std::vector<std::uint32_t> at_position;
    std::optional<std::int64_t> worst;
    const auto rank = [&](std::int64_t time) { return walk.ascending ? time : -time; };
    const auto cut = [&] {
        if (found.size() <= walk.wanted) return;
        const auto last = found.begin() + static_cast<std::ptrdiff_t>(walk.wanted - 1);
        std::ranges::nth_element(found, last);
        worst = last->first;
        std::erase_if(found, [&](const auto& entry) { return entry.first > *worst; });
    };
    const std::size_t size = tail.size();
    std::size_t cut_at = walk.wanted * 2;
    const auto scan = [&](std::size_t first, std::size_t end) {
        for (std::size_t row = first; row < end; ++row) {
            const TailEntry& entry = tail[row];
            if (entry.kind != kind || entry.time_ms < times.first || entry.time_ms > times.last) continue;
            if (worst && rank(entry.time_ms) > *worst) continue;
            if (!fits(entry)) continue;
            if (walk.from && entry.time_ms == unix_ms(walk.from->time)) {
                at_position.push_back(static_cast<std::uint32_t>(row));
                continue;
            }
            found.emplace_back(rank(entry.time_ms), static_cast<std::uint32_t>(row));
            if (found.size() >= cut_at) {
                cut();
                cut_at = std::max(walk.wanted * 2, found.size() * 2);  // many equal times: do not cut at each row
            }
        }
    };
    const std::size_t chunks = (size + Tail::kChunkRows - 1) / Tail::kChunkRows;
    for (std::size_t i = 0; i < chunks; ++i) {
        const std::size_t chunk = walk.ascending ? i : chunks - 1 - i;  // what comes first is met first, as a rule
        const auto in_chunk = tail.chunk_times(chunk, kind);
        if (in_chunk && (in_chunk->empty() || in_chunk->last < times.first || in_chunk->first > times.last)) continue;
        if (in_chunk && worst && rank(walk.ascending ? in_chunk->first : in_chunk->last) > *worst) continue;
        scan(chunk * Tail::kChunkRows, std::min(size, (chunk + 1) * Tail::kChunkRows));
        if (found.size() < cut_at) cut();
    }
    std::vector<std::uint32_t> rows = std::move(at_position);
    for (const auto& entry : found) rows.push_back(entry.second);
    return rows;
}

/// Segments in the order in which a walk meets them: unsealed ones first, then by the edge of their first time range;
/// last those where that range is outside: they matter for late rows alone, which is seldom once the page is full.
SegmentList in_walk_order(const SegmentList& segments, const Walk& walk, RowTimes (SegmentRange::*times)() const);

/// The places in `page` of the rows of each segment, beginning with the page's end: those segments were met last, and
/// are still open when there are more of them than a session has connections.
std::vector<std::pair<SegmentPtr, std::vector<std::size_t>>> by_segment(const std::vector<Candidate>& page);

/// 0, 1, … one for each value.
template <class Values>
std::vector<std::size_t> all_of(const Values& values) {
    std::vector<std::size_t> places(values.size());
    std::iota(places.begin(), places.end(), 0U);
    return places;
}

/// Whether the segment may speak of one of these events; of all, when none is named.
bool may_have_any(const Segment& segment, const std::vector<EventId>& events);

}  // namespace outpost::embedded
