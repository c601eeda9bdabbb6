// Which file is read, and what it says (config.md §1.2, §1.3).
#pragma once

#include "app/config/load.hpp"
#include "app/config/value.hpp"

#include <string>
#include <vector>

namespace outpost::app {

inline constexpr std::size_t kConfigFileBytesMax = 1 << 20;
inline constexpr std::size_t kSecretFileBytesMax = 64 << 10;

struct ConfigFile {
    std::string path;  ///< empty: no file, or an empty one
    std::vector<RawValue> values;
};

/// At most one file, never merged. @return corrupt with the contract's text: two different paths, not readable, not
/// parsable
Result<ConfigFile> read_config_file(const ConfigSources& sources);

/// @return corrupt: "open PATH: no such file or directory", too large
Result<std::string> read_small_file(const std::filesystem::path& path, std::size_t bytes_max);

}  // namespace outpost::app
