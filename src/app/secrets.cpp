#include "app/secrets.hpp"

#include "backends/embedded/engine/directory_lock.hpp"
#include "base/crypto.hpp"
#include "base/encoding.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>

namespace outpost::app {
namespace {

constexpr std::size_t kSecretBytes = 32;

std::unexpected<Error> trouble(const char* what, const std::filesystem::path& file) {
    return fail(Errc::unavailable, fmt::format("cannot {} {}: {}", what, file.string(), std::strerror(errno)));
}

Result<void> sync(const std::filesystem::path& path, int flags) {
    const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
    if (descriptor < 0) return trouble("open", path);
    const bool done = ::fsync(descriptor) == 0;
    ::close(descriptor);
    if (!done) return trouble("write", path);
    return {};
}

/// Written beside its place and moved there, so that a crash leaves all of it or nothing.
Result<void> write_secret(const std::filesystem::path& file, const std::string& secret) {
    const std::filesystem::path draft = file.string() + ".new";
    const int descriptor = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor < 0) return trouble("create", draft);
    const bool written = ::write(descriptor, secret.data(), secret.size()) == static_cast<ssize_t>(secret.size());
    ::close(descriptor);
    if (!written) return trouble("write", draft);
    TRY_VOID(sync(draft, O_RDONLY));
    if (::rename(draft.c_str(), file.c_str()) != 0) return trouble("create", file);
    return sync(file.parent_path(), O_RDONLY | O_DIRECTORY);
}

}  // namespace

Result<std::string> load_secret(const std::filesystem::path& data_dir, const std::string& name) {
    const std::filesystem::path file = data_dir / "secrets" / name;
    std::error_code error;
    if (!std::filesystem::exists(file, error))
        return fail(Errc::not_found, fmt::format("{} does not exist", file.string()));
    std::ifstream stream(file, std::ios::binary);
    std::string secret((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
    if (!stream || secret.empty())
        return fail(Errc::corrupt, fmt::format("{} can't be read or is empty", file.string()));
    return secret;
}

Result<std::string> load_or_make_secret(const std::filesystem::path& data_dir, const std::string& name) {
    auto known = load_secret(data_dir, name);
    if (known || known.error().code() != Errc::not_found) return known;
    TRY_VOID(embedded::make_private_directory(data_dir));
    TRY_VOID(embedded::make_private_directory(data_dir / "secrets"));
    std::string secret = to_hex(random_bytes(kSecretBytes));
    TRY_VOID(write_secret(data_dir / "secrets" / name, secret));
    return secret;
}

}  // namespace outpost::app
