// What a directory holds when a process opens it.
#pragma once

#include "backends/embedded/control/schema.hpp"
#include "backends/embedded/engine/engine.hpp"
#include "backends/embedded/log/segment_directory.hpp"

namespace outpost::embedded {

/// Fills `segments` from files and manifest; rebuilds the tails of unsealed segments.
/// @return the finished ones that are still to be sealed; corrupt naming the file
Result<std::vector<std::uint32_t>> recover_segments(const DataPaths& paths, const EngineSettings& settings,
                                                    Database& control, SegmentDirectory& segments);

/// Whether the secrets that were given open what is stored. @return corrupt with what to do
Result<void> check_seal(Database& control, const Sealer& sealer);

}  // namespace outpost::embedded
