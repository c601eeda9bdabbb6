#include "app/config/config_file.hpp"

#include "app/config/dotenv.hpp"
#include "app/config/yaml.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace outpost::app {
namespace {

constexpr std::array<const char*, 8> kDefaultPaths = {".env",
                                                      ".outpost.yaml",
                                                      "config/outpost.yaml",
                                                      "config/outpost/config.yaml",
                                                      "config/outpost/.env",
                                                      "/config/outpost.yaml",
                                                      "/config/outpost/config.yaml",
                                                      "/config/outpost/.env"};

std::string system_text() {
    std::string text = std::strerror(errno);
    if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] ^ 0x20);
    return text;
}

/// @return empty when there is no file
Result<std::string> choose_path(const ConfigSources& sources) {
    const auto variable = sources.environment.find("CONFIG");
    const std::string from_environment = variable == sources.environment.end() ? "" : variable->second;
    const std::string from_flag = sources.config_flag.value_or("");
    if (!from_flag.empty() && !from_environment.empty() && from_flag != from_environment)
        return fail(Errc::corrupt,
                    fmt::format("conflicting config paths: flag={} env={}", from_flag, from_environment));
    if (!from_flag.empty()) return from_flag;
    if (!from_environment.empty()) return from_environment;
    for (const char* path : kDefaultPaths) {
        std::error_code ignored;  // a path that can't be looked at is as good as none
        if (std::filesystem::exists(sources.working_directory / path, ignored)) return std::string(path);
    }
    return std::string();
}

bool is_dotenv(const std::string& path) {
    static constexpr std::string_view kEnding = ".env";
    if (path.size() < kEnding.size()) return false;
    return std::equal(kEnding.begin(), kEnding.end(), path.end() - kEnding.size(),
                      [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b ^ 0x20) : b); });
}

Result<std::vector<RawValue>> parse(const std::string& path, const std::string& text) {
    if (!is_dotenv(path)) {
        auto values = parse_yaml(text);
        if (!values) return fail(Errc::corrupt, "error parsing yaml config: " + values.error().text());
        return values;
    }
    auto variables = parse_dotenv(text);
    if (!variables) return fail(Errc::corrupt, "error loading .env file: " + variables.error().text());
    std::vector<RawValue> values;
    for (auto& [name, value] : *variables) values.push_back({.name = name, .origin = Origin::dotenv, .text = value});
    return values;
}

}  // namespace

Result<std::string> read_small_file(const std::filesystem::path& path, std::size_t bytes_max) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return fail(Errc::corrupt, fmt::format("open {}: {}", path.string(), system_text()));
    std::string text;
    std::array<char, 4096> piece;
    ssize_t count = 0;
    while (text.size() <= bytes_max && (count = ::read(descriptor, piece.data(), piece.size())) > 0)
        text.append(piece.data(), static_cast<std::size_t>(count));
    const std::string trouble = count < 0 ? system_text() : "";
    ::close(descriptor);
    if (!trouble.empty()) return fail(Errc::corrupt, fmt::format("read {}: {}", path.string(), trouble));
    if (text.size() > bytes_max)
        return fail(Errc::corrupt, fmt::format("read {}: it is larger than {} bytes", path.string(), bytes_max));
    return text;
}

Result<ConfigFile> read_config_file(const ConfigSources& sources) {
    TRY(const std::string path, choose_path(sources));
    if (path.empty()) return ConfigFile();
    auto text = read_small_file(sources.working_directory / path, kConfigFileBytesMax);
    if (!text) return fail(Errc::corrupt, "error reading config file: " + text.error().text());
    if (text->empty()) return ConfigFile();
    TRY(auto values, parse(path, *text));
    return ConfigFile{.path = path, .values = std::move(values)};
}

}  // namespace outpost::app
