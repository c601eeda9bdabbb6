// Turns a finished segment into an immutable one: ordinary SQL indexes, built in bulk (design.md §4 "Segments").
#pragma once

#include "backends/embedded/log/segment_directory.hpp"
#include "backends/embedded/sqlite/database.hpp"

namespace outpost::embedded {

/// An event is late when its time is further than this from when it was received (design.md §4).
inline constexpr std::int64_t kLateAfterMs = 3'600'000;

/// What the rows of a segment are, late events apart: those of kLateAfterMs, and copies of carried events, which are as
/// old as retention allows.
Result<SegmentRange> measure_segment(Database& segment);

/// Builds the indexes in one transaction, empties the WAL and writes the id filter. Safe to repeat after a crash.
/// Sealer thread; nobody writes to the file any more.
/// @param rows  that it has for all who were told; what a refused commit has left behind them is removed
/// @return what the segment holds; unavailable when a reader was in the way: try again
Result<SegmentRange> seal_segment(const std::filesystem::path& file, std::optional<std::size_t> rows = std::nullopt);

}  // namespace outpost::embedded
