// Reads the configuration: defaults, then one file, then the environment (config.md §1).
#pragma once

#include "app/config/config.hpp"
#include "base/result.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace outpost::app {

/// Where values come from. A struct, so that tests need no process environment.
struct ConfigSources {
    std::map<std::string, std::string> environment;
    std::optional<std::string> config_flag;     ///< --config
    std::optional<std::string> service_flag;    ///< -service
    std::filesystem::path working_directory = ".";
};

/// The process's own environment.
std::map<std::string, std::string> process_environment();

/// All problems at once, one a line, the contract's words first (config.md §2, §13).
struct ConfigProblems {
    std::vector<std::string> lines;
    std::string text() const;
};

/// Parsed and checked. Embedded mode only until brokered mode exists: its variables stop the start with one sentence that
/// names them (decision D1).
std::expected<Config, ConfigProblems> load_config(const ConfigSources& sources);

/// The fields of config.md §8 that exist, sorted by name; secrets as `<name>_configured`.
std::vector<std::pair<std::string, std::string>> describe_config(const Config& config);

}  // namespace outpost::app
