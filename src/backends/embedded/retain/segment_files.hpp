// The files of segments as retention handles them: sizes, removal, and the hold of a backup.
#pragma once

#include "backends/embedded/retain/decide.hpp"

#include <filesystem>
#include <map>

namespace outpost::embedded {

/// Bytes of every segment, side files included.
Result<std::map<std::uint32_t, std::uint64_t>> measure_segments(const std::filesystem::path& log_directory);

/// Of the file system that holds `directory`.
Result<DiskSpace> disk_space(const std::filesystem::path& directory);

/// Removes the segment's files, the database first: what is left after a crash is recognised by its missing. Missing
/// files are no error; durable when it returns.
Result<void> remove_segment_files(const std::filesystem::path& log_directory, std::uint32_t number);

/// Keeps retention from removing anything while it lives, in whatever process: a backup or an export copies what it
/// listed. A lock on DATA_DIR/hold, so that one that dies leaves nothing behind.
class RetentionHold {
public:
    enum class Wish { share, alone };
    /// `share` for those who copy: waits while a segment is being removed. `alone` for who removes.
    /// @return conflict when somebody copies
    static Result<RetentionHold> take(const std::filesystem::path& data_directory, Wish wish);
    ~RetentionHold();
    RetentionHold(RetentionHold&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    RetentionHold& operator=(RetentionHold&&) = delete;

private:
    explicit RetentionHold(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

}  // namespace outpost::embedded
