// A folder for the files of one test.
#pragma once

#include <fstream>
#include <filesystem>
#include <stdexcept>
#include <string>

#include <unistd.h>

namespace outpost::embedded::fakes {

/// Made by the constructor, removed with all it holds by the destructor. In memory where that is possible: these tests
/// sync a thousand times, and are not about the disk.
class ScratchFolder {
public:
    ScratchFolder() {
        const bool memory = ::access("/dev/shm", W_OK) == 0;
        const auto parent = memory ? std::filesystem::path("/dev/shm") : std::filesystem::temp_directory_path();
        std::string name = (parent / "outpost-embedded-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
        path_ = name;
    }
    ~ScratchFolder() {
        std::error_code error;
        std::filesystem::remove_all(path_, error);
    }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

inline std::string read_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline void write_file(const std::filesystem::path& file, std::string_view content) {
    std::ofstream(file, std::ios::binary | std::ios::trunc)
        .write(content.data(), static_cast<std::streamsize>(content.size()));
}

}  // namespace outpost::embedded::fakes
