#include "fuzz/damage.hpp"

#include "base/result.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include <unistd.h>

namespace outpost::fuzz {

ScratchFolder::ScratchFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "outpost-fuzz-XXXXXX").string();
    ASSERT(::mkdtemp(name.data()) != nullptr);
    path_ = name;
}

ScratchFolder::~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

void ScratchFolder::clear() const {
    for (const auto& entry : std::filesystem::directory_iterator(path_)) std::filesystem::remove_all(entry.path());
}

std::string read_file(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    ASSERT(stream.is_open());
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

void write_file(const std::filesystem::path& file, std::string_view content) {
    std::ofstream stream(file, std::ios::binary | std::ios::trunc);
    stream.write(content.data(), static_cast<std::streamsize>(content.size()));
    ASSERT(stream.good());
}

void damage(std::string& content, Input& input) {
    constexpr std::size_t kRunBytes = 16;
    constexpr std::size_t kSectorBytes = 512;
    for (std::size_t count = 0; count < kDamagesMax && !input.empty() && !content.empty(); ++count) {
        const std::uint8_t operation = input.byte() % 5;
        const std::size_t at = input.number(3) % content.size();
        const auto value = static_cast<char>(input.byte());
        const std::size_t rest = content.size() - at;
        if (operation == 0) content[at] = static_cast<char>(content[at] ^ value);
        if (operation == 1) content[at] = value;
        if (operation == 2) content.replace(at, std::min(kRunBytes, rest), std::min(kRunBytes, rest), value);
        if (operation == 3) content.resize(at);
        if (operation == 4 && rest >= 2 * kSectorBytes) {
            const auto first = content.begin() + static_cast<std::ptrdiff_t>(at);
            std::swap_ranges(first, first + kSectorBytes, first + kSectorBytes);
        }
    }
}

}  // namespace outpost::fuzz
