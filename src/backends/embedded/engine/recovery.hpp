// What a directory holds when a process opens it.
#pragma once

#include "backends/embedded/control/schema.hpp"
#include "backends/embedded/engine/engine.hpp"
#include "backends/embedded/log/segment_directory.hpp"

namespace outpost::embedded {

/// Fills `segments` from files and manifest; rebuilds the tails of unsealed segments. @return corrupt naming the file
Result<void> recover_segments(const DataPaths& paths, const EngineSettings& settings, Database& control,
                              SegmentDirectory& segments);

/// Drops open deliveries whose events the log has lost (files removed, an older copy put back), and says so in the log:
/// they can't be made, and must never be made with another event (T-06).
Result<void> forget_lost_deliveries(Database& projections, const SegmentDirectory& segments);

/// Unsealed segments that take no more rows: all but the newest.
std::vector<std::uint32_t> finished_segments(const SegmentDirectory& segments);

/// A log without its control.db is refused: tenant numbers would be given out anew, and old events would show up under
/// other tenants. @return corrupt with what to do
Result<void> check_complete(const DataPaths& paths);

/// Whether the secrets that were given open what is stored. @return corrupt with what to do
Result<void> check_seal(Database& control, const Sealer& sealer);

}  // namespace outpost::embedded
