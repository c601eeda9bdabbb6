#include "backends/embedded/retain/segment_files.hpp"

#include "backends/embedded/log/segment_file.hpp"

#include <sys/file.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace outpost::embedded {
namespace {

constexpr std::size_t kDigits = 8;

std::unexpected<Error> trouble(std::string_view what, const std::filesystem::path& path) {
    return fail(Errc::unavailable, fmt::format("cannot {} {}: {}", what, path.string(), std::strerror(errno)));
}

/// "00000042" of "00000042.db-wal" and whatever else belongs to a segment.
std::optional<std::uint32_t> segment_of(const std::string& name) {
    std::uint32_t number = 0;
    if (name.size() < kDigits + 1 || name[kDigits] != '.') return std::nullopt;
    const auto parsed = std::from_chars(name.data(), name.data() + kDigits, number);
    if (parsed.ec != std::errc() || parsed.ptr != name.data() + kDigits) return std::nullopt;
    return number;
}

/// Calls `visit(number, entry)` for each file of a segment.
template <class Visit>
Result<void> for_each_file(const std::filesystem::path& log_directory, Visit visit) {
    std::error_code error;
    for (std::filesystem::directory_iterator entry(log_directory, error), end; !error && entry != end;
         entry.increment(error)) {
        if (const auto number = segment_of(entry->path().filename().string())) visit(*number, *entry);
    }
    if (error) return fail(Errc::unavailable, fmt::format("{}: {}", log_directory.string(), error.message()));
    return {};
}

}  // namespace

Result<std::map<std::uint32_t, std::uint64_t>> measure_segments(const std::filesystem::path& log_directory) {
    std::map<std::uint32_t, std::uint64_t> bytes;
    TRY_VOID(for_each_file(log_directory, [&](std::uint32_t number, const std::filesystem::directory_entry& entry) {
        std::error_code gone;  // side files come and go
        const auto size = entry.file_size(gone);
        if (!gone) bytes[number] += size;
    }));
    return bytes;
}

Result<DiskSpace> disk_space(const std::filesystem::path& directory) {
    struct statvfs found{};
    if (::statvfs(directory.c_str(), &found) != 0) return trouble("ask for the space of", directory);
    return DiskSpace{.capacity = static_cast<std::uint64_t>(found.f_blocks) * found.f_frsize,
                     .available = static_cast<std::uint64_t>(found.f_bavail) * found.f_frsize};
}

Result<void> remove_segment_files(const std::filesystem::path& log_directory, std::uint32_t number) {
    std::vector<std::filesystem::path> files = {segment_path(log_directory, number)};
    TRY_VOID(for_each_file(log_directory, [&](std::uint32_t of, const std::filesystem::directory_entry& entry) {
        if (of == number && entry.path() != files.front()) files.push_back(entry.path());
    }));
    for (const std::filesystem::path& file : files) {
        if (::unlink(file.c_str()) != 0 && errno != ENOENT) return trouble("remove", file);
    }
    const int directory = ::open(log_directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return trouble("open", log_directory);
    const bool synced = ::fsync(directory) == 0;
    ::close(directory);
    if (!synced) return trouble("sync", log_directory);
    return {};
}

Result<RetentionHold> RetentionHold::take(const std::filesystem::path& data_directory, Wish wish) {
    const std::filesystem::path file = data_directory / "hold";
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) return trouble("open", file);
    if (::flock(descriptor, wish == Wish::alone ? LOCK_EX | LOCK_NB : LOCK_SH) == 0) return RetentionHold(descriptor);
    const bool held = errno == EWOULDBLOCK;
    auto failed = trouble("lock", file);
    ::close(descriptor);
    return held ? fail(Errc::conflict, "a backup or an export is running") : failed;
}

RetentionHold::~RetentionHold() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace outpost::embedded
