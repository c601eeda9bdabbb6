// `outpost db backup` and `outpost db restore`.
#pragma once

#include "backends/embedded/tools/tool.hpp"
#include "base/clock.hpp"

namespace outpost::embedded {

/// Copies the data directory into the new folder `target`, while the service runs or not: control.db first, then what
/// is not sealed, then sealed segments, then secrets; each file synced, with its digest in backup.json. Retention
/// removes nothing meanwhile (RetentionHold); the service's writers never wait. Written to `target`.partial and renamed
/// when it is whole: a folder of that name is a whole backup.
/// @return not_found; conflict when `target` exists or lies in the data directory; unavailable naming the file
Result<void> back_up(const DataPaths& paths, const std::filesystem::path& target, const Clock& clock, const Say& say);

/// Puts a backup into a data directory that does not exist or is empty, after every digest was verified and the
/// projections were found to lie within the log. Renamed into place when it is whole.
/// @return not_found; conflict when `target` holds something; corrupt naming the file
Result<void> restore(const std::filesystem::path& backup, const DataPaths& target, const Say& say);

}  // namespace outpost::embedded
