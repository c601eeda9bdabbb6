#include "backends/embedded/tools/copying.hpp"

#include "backends/embedded/sqlite/database.hpp"

#include <sqlite3.h>
#include <xxhash.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace outpost::embedded {
namespace {

constexpr std::size_t kPieceBytes = 1 << 20;
constexpr int kPiecePages = 128;  // of 8 KiB: as much

std::unexpected<Error> trouble(std::string_view what, const std::filesystem::path& path) {
    return fail(Errc::unavailable, fmt::format("cannot {} {}: {}", what, path.string(), std::strerror(errno)));
}

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int number() const { return number_; }
    bool valid() const { return number_ >= 0; }

private:
    int number_;
};

/// Calls `take(piece)` for each piece of a file.
template <class Take>
Result<void> read_pieces(const std::filesystem::path& file, Take take) {
    const Descriptor source(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!source.valid()) return trouble("open", file);
    std::string buffer(kPieceBytes, '\0');
    while (true) {
        const ssize_t length = ::read(source.number(), buffer.data(), buffer.size());
        if (length < 0 && errno == EINTR) continue;
        if (length < 0) return trouble("read", file);
        if (length == 0) return {};
        TRY_VOID(take(std::string_view(buffer.data(), static_cast<std::size_t>(length))));
    }
}

Result<void> sync(const std::filesystem::path& path, int flags) {
    const Descriptor file(::open(path.c_str(), flags | O_CLOEXEC));
    if (!file.valid()) return trouble("open", path);
    if (::fsync(file.number()) != 0) return trouble("sync", path);
    return {};
}

}  // namespace

Result<CopiedFile> measure_file(const std::filesystem::path& folder, const std::string& name) {
    const std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> state(XXH3_createState(), &XXH3_freeState);
    XXH3_128bits_reset(state.get());
    CopiedFile measured{.name = name, .bytes = 0, .xxh3 = {}};
    TRY_VOID(read_pieces(folder / name, [&](std::string_view piece) -> Result<void> {
        XXH3_128bits_update(state.get(), piece.data(), piece.size());
        measured.bytes += piece.size();
        return {};
    }));
    const XXH128_hash_t digest = XXH3_128bits_digest(state.get());
    measured.xxh3 = fmt::format("{:016x}{:016x}", digest.high64, digest.low64);
    return measured;
}

Result<void> copy_file(const std::filesystem::path& from, const std::filesystem::path& to) {
    const Descriptor target(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!target.valid()) return trouble("create", to);
    TRY_VOID(read_pieces(from, [&](std::string_view piece) -> Result<void> {
        while (!piece.empty()) {
            const ssize_t written = ::write(target.number(), piece.data(), piece.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) return trouble("write", to);
            piece.remove_prefix(static_cast<std::size_t>(written));
        }
        return {};
    }));
    if (::fsync(target.number()) != 0) return trouble("sync", to);
    return {};
}

Result<void> copy_database(const std::filesystem::path& from, const std::filesystem::path& to) {
    TRY(Database source, Database::open(from, OpenMode::read_only));
    {
        const Descriptor made(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (!made.valid()) return trouble("create", to);
    }
    TRY(Database target, Database::open(to, OpenMode::existing));
    // One read transaction over all steps: what writers add meanwhile is not seen, and does not make it begin anew.
    TRY_VOID(source.execute("BEGIN"));
    TRY_VOID(source.query_integer("SELECT count(*) FROM sqlite_schema"));
    sqlite3_backup* copying = sqlite3_backup_init(target.handle(), "main", source.handle(), "main");
    if (copying == nullptr) {
        return fail(Errc::unavailable,
                    fmt::format("cannot write {}: {}", to.string(), sqlite3_errmsg(target.handle())));
    }
    int code = SQLITE_OK;
    while (code == SQLITE_OK) code = sqlite3_backup_step(copying, kPiecePages);
    sqlite3_backup_finish(copying);
    if (code != SQLITE_DONE) {
        return fail((code & 0xFF) == SQLITE_CORRUPT ? Errc::corrupt : Errc::unavailable,
                    fmt::format("cannot copy {} to {}: {}", from.string(), to.string(), sqlite3_errstr(code)));
    }
    target = Database();  // writes what it has
    return sync(to, O_RDONLY);
}

Result<void> sync_file(const std::filesystem::path& file) {
    return sync(file, O_RDONLY);
}

Result<void> sync_folder(const std::filesystem::path& folder) {
    return sync(folder, O_RDONLY | O_DIRECTORY);
}

}  // namespace outpost::embedded
