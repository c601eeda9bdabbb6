// One process owns a data directory (design.md §4, hard-cases T-12).
#pragma once

#include "base/result.hpp"

#include <filesystem>

namespace outpost::embedded {

/// Held until destroyed or until the process ends, however it ends.
class DirectoryLock {
public:
    /// @return conflict naming the process that holds it; unavailable
    static Result<DirectoryLock> take(const std::filesystem::path& file);
    ~DirectoryLock();
    DirectoryLock(DirectoryLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    DirectoryLock& operator=(DirectoryLock&&) = delete;

private:
    explicit DirectoryLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

/// Creates a folder that only its owner can read. @return unavailable naming it and the reason
Result<void> make_private_directory(const std::filesystem::path& directory);

}  // namespace outpost::embedded
