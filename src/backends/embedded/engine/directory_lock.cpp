#include "backends/embedded/engine/directory_lock.hpp"

#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace outpost::embedded {

Result<DirectoryLock> DirectoryLock::take(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        return fail(Errc::unavailable, fmt::format("cannot open {}: {}", file.string(), std::strerror(errno)));
    }
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        std::array<char, 64> holder{};
        const ssize_t length = ::read(descriptor, holder.data(), holder.size() - 1);
        ::close(descriptor);
        const std::string_view who(holder.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
        return fail(Errc::conflict, fmt::format("{} is in use by {}; stop that process or choose another DATA_DIR",
                                                file.parent_path().string(), who.empty() ? "another process" : who));
    }
    const std::string me = fmt::format("process {}", ::getpid());
    if (::ftruncate(descriptor, 0) != 0 || ::pwrite(descriptor, me.data(), me.size(), 0) < 0) {
        const int error = errno;
        ::close(descriptor);
        return fail(Errc::unavailable, fmt::format("cannot write {}: {}", file.string(), std::strerror(error)));
    }
    return DirectoryLock(descriptor);
}

DirectoryLock::~DirectoryLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

namespace {

/// A new folder's name is on disk before anything in the folder is promised. Some file systems can't, and need not.
void sync_folder(const std::filesystem::path& folder) {
    const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    ::fsync(descriptor);
    ::close(descriptor);
}

}  // namespace

Result<void> make_private_directory(const std::filesystem::path& directory) {
    std::error_code error;
    if (std::filesystem::is_directory(directory, error)) return {};
    std::filesystem::create_directories(directory.parent_path(), error);
    if (::mkdir(directory.c_str(), 0700) == 0 || errno == EEXIST) {
        sync_folder(directory.parent_path());
        return {};
    }
    return fail(Errc::unavailable, fmt::format("cannot create {}: {}", directory.string(), std::strerror(errno)));
}

}  // namespace outpost::embedded
