// Whether one segment is what it was written as.
#pragma once

#include "backends/embedded/sqlite/database.hpp"

namespace outpost::embedded {

struct SegmentFindings {
    std::uint64_t rows = 0;
    std::vector<std::string> problems;  ///< at most kProblemsShown, then how many more
};
inline constexpr std::size_t kProblemsShown = 5;

/// SQLite's own check of the file's structure; empty when it is sound. @param shown  at most so many
Result<std::vector<std::string>> check_integrity(Database& database, std::size_t shown = kProblemsShown);

/// Structure, the checksum of every row, and that no row number is missing. What can't be read is a finding, no error.
SegmentFindings check_segment(const std::filesystem::path& file);

}  // namespace outpost::embedded
