// The rows of one segment, counted one by one: for the borders of a window, and for what no cell holds yet.
#pragma once

#include "backends/embedded/read/read_session.hpp"
#include "backends/embedded/rollup/counting.hpp"

#include <functional>

namespace outpost::embedded {

/// Which rows: of a window, from a row on, or before it.
struct RowRange {
    model::TimeWindow window;
    std::uint32_t first = 0;
    std::uint32_t end = UINT32_MAX;
};

/// @param first_segment  the oldest one that is there: decides which copies of events are hidden
/// @param stop  asked now and then; timeout when it says true
Result<void> count_rows(ReadSession& session, const Segment& segment, const RowRange& range,
                        std::uint32_t first_segment, const std::function<bool()>& stop, Counting& counting);

}  // namespace outpost::embedded
