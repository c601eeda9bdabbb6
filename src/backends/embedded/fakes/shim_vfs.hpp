// A file system between SQLite and the real one: tests derive from it to refuse or to watch what is written.
#pragma once

#include "base/result.hpp"

#include <sqlite3.h>

#include <string_view>

#include <unistd.h>

namespace outpost::embedded::fakes {

/// While one exists, every connection that is opened goes through it, then through those that existed before it. Ends
/// after all its connections are closed, the newest first. One thread.
class ShimVfs {
public:
    enum class Change { write, sync, truncate, remove, create };

    ShimVfs(const ShimVfs&) = delete;
    ShimVfs& operator=(const ShimVfs&) = delete;

protected:
    /// @param name  of its own; static
    explicit ShimVfs(const char* name) : table_{*sqlite3_vfs_find(nullptr), this} {
        real_ = sqlite3_vfs_find(nullptr);
        table_.zName = name;
        table_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
        table_.xOpen = &open;
        table_.xDelete = &remove;
        ASSERT(sqlite3_vfs_register(&table_, 1) == SQLITE_OK);
    }
    virtual ~ShimVfs() {
        sqlite3_vfs_unregister(&table_);
        sqlite3_vfs_register(real_, 1);
    }

    /// Asked before a change of a file that has a name. @return what SQLite is told instead, or SQLITE_OK
    virtual int refuse(Change, std::string_view) { return SQLITE_OK; }
    /// The change was made. @param at  offset of the data; the new size; for a removal, whether its folder was synced
    virtual void made(Change, std::string_view, std::string_view, std::int64_t) {}

private:
    struct Table : sqlite3_vfs {
        ShimVfs* owner;
    };
    struct File {
        sqlite3_file base;
        ShimVfs* owner;
        const char* name;
        sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
    };
    static File& file_of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
    static ShimVfs& owner_of(sqlite3_vfs* vfs) { return *static_cast<Table*>(vfs)->owner; }

    static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* raw, int flags, int* out_flags) {
        ShimVfs& owner = owner_of(vfs);
        File& file = file_of(raw);
        file.owner = &owner;
        file.name = name;
        file.base.pMethods = nullptr;
        const bool creates = name != nullptr && (flags & SQLITE_OPEN_CREATE) != 0 && ::access(name, F_OK) != 0;
        const int code = owner.real_->xOpen(owner.real_, name, file.real(), flags, out_flags);
        if (file.real()->pMethods == nullptr) return code;
        static const sqlite3_io_methods methods = make_methods();
        file.base.pMethods = &methods;
        if (creates) owner.made(Change::create, name, {}, 0);
        return code;
    }
    static int remove(sqlite3_vfs* vfs, const char* name, int sync_directory) {
        ShimVfs& owner = owner_of(vfs);
        if (const int code = owner.refuse(Change::remove, name)) return code;
        const int code = owner.real_->xDelete(owner.real_, name, sync_directory);
        if (code == SQLITE_OK) owner.made(Change::remove, name, {}, sync_directory);
        return code;
    }

    template <auto Method, class... Arguments>
    static auto pass(sqlite3_file* file, Arguments... arguments) {
        sqlite3_file* real = file_of(file).real();
        return (real->pMethods->*Method)(real, arguments...);
    }
    template <class Work>
    static int change(sqlite3_file* raw, Change kind, std::string_view data, std::int64_t at, Work work) {
        const File& file = file_of(raw);
        if (file.name == nullptr) return work();
        if (const int code = file.owner->refuse(kind, file.name)) return code;
        const int code = work();
        if (code == SQLITE_OK) file.owner->made(kind, file.name, data, at);
        return code;
    }
    static int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
        const std::string_view bytes(static_cast<const char*>(data), static_cast<std::size_t>(size));
        return change(file, Change::write, bytes, offset,
                      [&] { return pass<&sqlite3_io_methods::xWrite>(file, data, size, offset); });
    }
    static int truncate(sqlite3_file* file, sqlite3_int64 size) {
        return change(file, Change::truncate, {}, size,
                      [&] { return pass<&sqlite3_io_methods::xTruncate>(file, size); });
    }
    static int sync(sqlite3_file* file, int flags) {
        return change(file, Change::sync, {}, 0, [&] { return pass<&sqlite3_io_methods::xSync>(file, flags); });
    }

    static sqlite3_io_methods make_methods() {
        using Methods = sqlite3_io_methods;
        Methods methods{};
        methods.iVersion = 2;  // no memory mapping
        methods.xClose = &pass<&Methods::xClose>;
        methods.xRead = &pass<&Methods::xRead, void*, int, sqlite3_int64>;
        methods.xWrite = &write;
        methods.xTruncate = &truncate;
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
    Table table_;
};

}  // namespace outpost::embedded::fakes
