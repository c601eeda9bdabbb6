// Rows of `attempts` as metrics see them: for the fold, and for what no cell covers.
#pragma once

#include "backends/embedded/rollup/cell.hpp"
#include "backends/embedded/sqlite/database.hpp"

namespace outpost::embedded {

/// What to select for attempt_cell(); the first column is the time, in ms.
inline constexpr const char* kAttemptCellColumns =
    "time, tenant, destination, topic, type, success, code, manual, number";

/// The cell of this row; `start` is the caller's to set.
Cell attempt_cell(const Statement& row);

}  // namespace outpost::embedded
