// Reads what must outlive a sealed segment.
#pragma once

#include "backends/embedded/log/segment_file.hpp"

namespace outpost::embedded {

/// The events in these rows of the segment, verified, ready to be written again; stops behind `bytes_max` of them, so
/// that a commit stays small, but never before the first. Any thread that may wait for the disk.
/// @return corrupt naming file and row: such an event can't be carried, and its segment must stay
Result<std::vector<CarriedEvent>> read_carried(const std::filesystem::path& file, std::uint32_t segment,
                                               const std::vector<std::uint32_t>& rows, std::size_t bytes_max);

}  // namespace outpost::embedded
