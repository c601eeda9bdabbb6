// The list of a backup's files: backup.json in its folder.
#pragma once

#include "backends/embedded/tools/copying.hpp"
#include "base/time.hpp"

#include <vector>

namespace outpost::embedded {

inline constexpr const char* kBackupManifest = "backup.json";

struct BackupManifest {
    TimePoint made_at;
    std::vector<CopiedFile> files;
};

std::string to_json(const BackupManifest& manifest);
/// @return corrupt; a name that leads out of the folder is that, too
Result<BackupManifest> parse_backup_manifest(std::string_view text);

}  // namespace outpost::embedded
