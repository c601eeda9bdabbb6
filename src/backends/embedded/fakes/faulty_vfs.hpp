// A file system that goes wrong on demand, under SQLite (hard-cases T-07, T-08).
#pragma once

#include "base/result.hpp"

#include <sqlite3.h>

#include <cstring>
#include <string>

namespace outpost::embedded::fakes {

/// While one exists, every connection that is opened goes through it. One at a time; one thread.
class FaultyVfs {
public:
    FaultyVfs() {
        ASSERT(current() == nullptr);
        current() = this;
        real_ = sqlite3_vfs_find(nullptr);
        vfs_ = *real_;
        vfs_.zName = "faulty";
        vfs_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
        vfs_.xOpen = &open;
        ASSERT(sqlite3_vfs_register(&vfs_, 1) == SQLITE_OK);
    }
    /// After all its connections are closed.
    ~FaultyVfs() {
        sqlite3_vfs_unregister(&vfs_);
        sqlite3_vfs_register(real_, 1);
        current() = nullptr;
    }
    FaultyVfs(const FaultyVfs&) = delete;
    FaultyVfs& operator=(const FaultyVfs&) = delete;

    /// From now on writes and syncs of files whose names contain `part` answer `code`: SQLITE_FULL or an
    /// SQLITE_IOERR_….
    /// @param after  so many of them still succeed
    void fail(int code, std::string part, std::size_t after = 0) {
        code_ = code;
        part_ = std::move(part);
        after_ = after;
    }
    /// The same for syncs alone.
    void fail_syncs(int code, std::string part) {
        fail(code, std::move(part));
        syncs_only_ = true;
    }
    /// The trouble is over. @return how often it struck
    std::size_t heal() {
        code_ = SQLITE_OK;
        syncs_only_ = false;
        return std::exchange(struck_, 0);
    }
    /// Writes and syncs of files whose names contain the part last given, since then.
    std::size_t struck() const { return struck_; }

private:
    struct File {
        sqlite3_file base;
        const char* name;
        sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
    };
    static FaultyVfs*& current() {
        static FaultyVfs* vfs = nullptr;
        return vfs;
    }
    static File& file_of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }

    int strike(const File& file, bool sync) {
        if (code_ == SQLITE_OK || (syncs_only_ && !sync)) return SQLITE_OK;
        if (file.name == nullptr || std::strstr(file.name, part_.c_str()) == nullptr) return SQLITE_OK;
        if (after_ > 0) {
            --after_;
            return SQLITE_OK;
        }
        ++struck_;
        return code_;
    }

    static int open(sqlite3_vfs*, const char* name, sqlite3_file* raw, int flags, int* out_flags) {
        File& file = file_of(raw);
        file.name = name;
        file.base.pMethods = nullptr;
        const int code = current()->real_->xOpen(current()->real_, name, file.real(), flags, out_flags);
        if (file.real()->pMethods == nullptr) return code;
        static const sqlite3_io_methods methods = make_methods();
        file.base.pMethods = &methods;
        return code;
    }

    template <auto Method, class... Arguments>
    static auto pass(sqlite3_file* file, Arguments... arguments) {
        sqlite3_file* real = file_of(file).real();
        return (real->pMethods->*Method)(real, arguments...);
    }
    static int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
        if (const int code = current()->strike(file_of(file), false)) return code;
        return pass<&sqlite3_io_methods::xWrite>(file, data, size, offset);
    }
    static int sync(sqlite3_file* file, int flags) {
        if (const int code = current()->strike(file_of(file), true)) return code;
        return pass<&sqlite3_io_methods::xSync>(file, flags);
    }

    static sqlite3_io_methods make_methods() {
        using Methods = sqlite3_io_methods;
        Methods methods{};
        methods.iVersion = 2;  // no memory mapping
        methods.xClose = &pass<&Methods::xClose>;
        methods.xRead = &pass<&Methods::xRead, void*, int, sqlite3_int64>;
        methods.xWrite = &write;
        methods.xTruncate = &pass<&Methods::xTruncate, sqlite3_int64>;
        methods.xSync = &sync;
        methods.xFileSize = &pass<&Methods::xFileSize, sqlite3_int64*>;
        methods.xLock = &pass<&Methods::xLock, int>;
        methods.xUnlock = &pass<&Methods::xUnlock, int>;
        methods.xCheckReservedLock = &pass<&Methods::xCheckReservedLock, int*>;
        methods.xFileControl = &pass<&Methods::xFileControl, int, void*>;
        methods.xSectorSize = &pass<&Methods::xSectorSize>;
        methods.xDeviceCharacteristics = &pass<&Methods::xDeviceCharacteristics>;
        methods.xShmMap = &pass<&Methods::xShmMap, int, int, int, void volatile**>;
        methods.xShmLock = &pass<&Methods::xShmLock, int, int, int>;
        methods.xShmBarrier = &pass<&Methods::xShmBarrier>;
        methods.xShmUnmap = &pass<&Methods::xShmUnmap, int>;
        return methods;
    }

    sqlite3_vfs* real_ = nullptr;
    sqlite3_vfs vfs_{};
    int code_ = SQLITE_OK;
    std::string part_;
    std::size_t after_ = 0;
    std::size_t struck_ = 0;
    bool syncs_only_ = false;
};

}  // namespace outpost::embedded::fakes
