// A file system that goes wrong on demand, under SQLite (hard-cases T-07, T-08).
#pragma once

#include "backends/embedded/fakes/shim_vfs.hpp"

#include <limits>
#include <string>

namespace outpost::embedded::fakes {

/// Over the file system that was there when it was made. One thread.
class FaultyVfs final : public ShimVfs {
public:
    FaultyVfs() : ShimVfs("faulty") {}

    static constexpr std::size_t kUntilHealed = std::numeric_limits<std::size_t>::max();

    /// From now on writes and syncs of files whose names contain `part` answer `code`: SQLITE_FULL or an
    /// SQLITE_IOERR_….
    /// @param after  so many of them still succeed
    /// @param times  so many of them fail; then the trouble is over
    void fail(int code, std::string part, std::size_t after = 0, std::size_t times = kUntilHealed) {
        code_ = code;
        part_ = std::move(part);
        after_ = after;
        times_ = times;
        syncs_only_ = false;
    }
    /// The same for syncs alone.
    void fail_syncs(int code, std::string part, std::size_t after = 0, std::size_t times = kUntilHealed) {
        fail(code, std::move(part), after, times);
        syncs_only_ = true;
    }
    /// The trouble is over. @return how often it struck
    std::size_t heal() {
        code_ = SQLITE_OK;
        return std::exchange(struck_, 0);
    }
    /// Writes and syncs that failed since it was last healed.
    std::size_t struck() const { return struck_; }

private:
    int refuse(Change change, std::string_view file) override {
        // A full disk is met by writes: SQLite calls whatever a sync says an I/O error.
        const bool sync = change == Change::sync && code_ != SQLITE_FULL;
        const bool concerned = sync || (change == Change::write && !syncs_only_);
        if (code_ == SQLITE_OK || !concerned || !file.contains(part_)) return SQLITE_OK;
        if (after_ > 0) {
            --after_;
            return SQLITE_OK;
        }
        ++struck_;
        if (times_ != kUntilHealed && --times_ == 0) return std::exchange(code_, SQLITE_OK);
        return code_;
    }

    int code_ = SQLITE_OK;
    std::string part_;
    std::size_t after_ = 0;
    std::size_t times_ = kUntilHealed;
    std::size_t struck_ = 0;
    bool syncs_only_ = false;
};

}  // namespace outpost::embedded::fakes
