// Files with damaged bytes, for fuzzers of what we read back from disk (hard-cases T-03, T-06).
#pragma once

#include "fuzz/fuzz.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace outpost::fuzz {

/// An empty folder of its own, removed at the end.
class ScratchFolder {
public:
    ScratchFolder();
    ~ScratchFolder();
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }
    /// Removes everything inside.
    void clear() const;

private:
    std::filesystem::path path_;
};

/// Of a whole file; ends the process when it can't be done.
std::string read_file(const std::filesystem::path& file);
void write_file(const std::filesystem::path& file, std::string_view content);

inline constexpr std::size_t kDamagesMax = 8;

/// Damages `content` as the rest of the input says: up to kDamagesMax times an operation, an offset (three bytes) and
/// a value. Operations: 0 flip bits, 1 set a byte, 2 set sixteen bytes, 3 cut off, 4 swap with the next half kilobyte.
void damage(std::string& content, Input& input);

}  // namespace outpost::fuzz
