// Copies of files that are known to be complete: digests, fsync, and SQLite's own way for files in use.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace outpost::embedded {

/// One file of a backup.
struct CopiedFile {
    std::string name;  ///< below the backup's folder, '/' between
    std::uint64_t bytes = 0;
    std::string xxh3;  ///< XXH3, 128 bits, hex
    bool operator==(const CopiedFile&) const = default;
};

/// Size and digest of `folder / name`. @return unavailable naming the file
Result<CopiedFile> measure_file(const std::filesystem::path& folder, const std::string& name);

/// Copies a file that nobody changes, mode 0600, and syncs the copy. @return unavailable naming the file
Result<void> copy_file(const std::filesystem::path& from, const std::filesystem::path& to);

/// Copies a database that may be written to meanwhile: the state of one moment. Its writers go on; only their
/// checkpoints wait. @return unavailable or corrupt naming the file
Result<void> copy_database(const std::filesystem::path& from, const std::filesystem::path& to);

/// Makes a file's content durable.
Result<void> sync_file(const std::filesystem::path& file);
/// Makes the names in a folder durable.
Result<void> sync_folder(const std::filesystem::path& folder);

}  // namespace outpost::embedded
