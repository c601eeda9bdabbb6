// Turns a finished segment into an immutable one: ordinary SQL indexes, built in bulk (design.md §4 "Segments").
#pragma once

#include "backends/embedded/log/segment_directory.hpp"
#include "backends/embedded/sqlite/database.hpp"

namespace outpost::embedded {

/// Builds the indexes in one transaction, empties the WAL and writes the id filter. Safe to repeat after a crash.
/// Sealer thread; nobody writes to the file any more.
/// @param rows  that it has for all who were told; what a refused commit has left behind them is removed
/// @return what the segment holds; unavailable when a reader was in the way: try again
Result<SegmentRange> seal_segment(const std::filesystem::path& file, std::optional<std::size_t> rows = std::nullopt);

}  // namespace outpost::embedded
