// The rows of a list that indexes and tail can tell, from segment to segment.
#pragma once

#include "backends/embedded/read/candidates.hpp"
#include "backends/embedded/sqlite/database.hpp"

namespace outpost::embedded {

/// One page. @param times  of the rows that are listed
/// @param events  when not empty, segments that have none of these ids are left out
/// @param from_tail, from_sealed  (segment, walk, candidates) → Result<void>: add what one segment has
template <class FromTail, class FromSealed>
Result<Candidates::Page> walk_segments(const SegmentList& segments, const Walk& walk,
                                       RowTimes (SegmentRange::*times)() const, const std::vector<EventId>& events,
                                       FromTail from_tail, FromSealed from_sealed) {
    Candidates candidates(walk);
    for (const SegmentPtr& segment : in_walk_order(segments, walk, times)) {
        if (!segment->sealed()) {
            TRY_VOID(from_tail(segment, walk, candidates));
        } else if (candidates.may_improve((segment->range.*times)()) && may_have_any(*segment, events)) {
            TRY_VOID(from_sealed(segment, walk, candidates));
        }
    }
    return std::move(candidates).finish();
}

/// Adds what a statement finds in a segment: row, time, id.
inline Result<void> add_found(Statement& rows, const SegmentPtr& segment, Candidates& candidates) {
    while (true) {
        TRY(const bool more, rows.step());
        if (!more) return {};
        candidates.add(
            {rows.integer(1), std::string(rows.text(2)), segment, static_cast<std::uint32_t>(rows.integer(0))});
    }
}

}  // namespace outpost::embedded
