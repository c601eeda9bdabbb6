// `outpost db export`: everything that is stored, as JSON lines.
#pragma once

#include "backends/embedded/tools/tool.hpp"

namespace outpost::embedded {

struct Exported {
    std::uint64_t tenants = 0, destinations = 0, events = 0, attempts = 0;
    std::vector<std::string> damaged;  ///< rows that were left out; at most kDamagedShown of them
    std::uint64_t damaged_count = 0;
};
inline constexpr std::size_t kDamagedShown = 10;

/// Writes one JSON object a line: {"kind":"tenant"|"destination"|"event"|"attempt", …}, with the names of the API
/// (api.md §11); tenants and destinations first, then the log, oldest segment first. Credentials are left out. While
/// the service runs or not; memory: one row. A damaged row is left out and named.
/// @param write  gets pieces of whole lines; an error of it ends the export
/// @return not_found; unavailable or corrupt naming the file
Result<Exported> export_data(const DataPaths& paths, const std::function<Result<void>(std::string_view)>& write);

}  // namespace outpost::embedded
