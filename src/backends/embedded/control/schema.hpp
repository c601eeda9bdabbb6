// control.db: the configuration truth and the projections (design.md §4).
#pragma once

#include "backends/embedded/sqlite/database.hpp"

namespace outpost::embedded {

/// Opens control.db for writing and brings it to the current format. `synchronous=FULL`: what a client is told is
/// durable. @return corrupt when the file is of a newer format
Result<Database> open_control(const std::filesystem::path& file);

/// A second connection of the same thread for the projections: `synchronous=NORMAL`, because they are rebuilt from the
/// log after a crash.
Result<Database> open_projections(const std::filesystem::path& file);

/// Folder layout of a data directory.
struct DataPaths {
    std::filesystem::path root;
    std::filesystem::path control() const { return root / "control.db"; }
    std::filesystem::path log() const { return root / "log"; }
    std::filesystem::path lock() const { return root / "lock"; }
    std::filesystem::path secrets() const { return root / "secrets"; }
};

}  // namespace outpost::embedded
