// `outpost db reindex`: projections, indexes and the manifest anew from the log.
#pragma once

#include "backends/embedded/tools/tool.hpp"
#include "base/clock.hpp"

namespace outpost::embedded {

/// On a stopped directory. Nothing is sent and nothing is decided: a delivery that the log has closed stays closed, and
/// one that it has open is due as before. Either all of it is replaced or nothing. Memory: one segment's tail.
/// @return conflict naming the process that uses the directory; not_found; corrupt naming the file
Result<void> reindex_data(const DataPaths& paths, const Clock& clock, const Say& say);

}  // namespace outpost::embedded
