// `outpost db check`: is everything in the data directory what it was written as?
#pragma once

#include "backends/embedded/tools/tool.hpp"

namespace outpost::embedded {

/// Reads all of a stopped directory and changes nothing. Says one line a file, and one about the projections compared
/// with the log; a damaged file does not keep it from the others. Memory: one segment's tail.
/// @return whether all is sound; conflict naming the process that uses the directory; not_found
Result<bool> check_data(const DataPaths& paths, const Say& say);

}  // namespace outpost::embedded
