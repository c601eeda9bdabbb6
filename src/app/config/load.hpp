// Reads the configuration: defaults, then one file, then the environment (config.md §1).
#pragma once

#include "app/config/config.hpp"
#include "base/result.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace outpost::app {

/// Where values come from. A struct, so that tests need no process environment.
struct ConfigSources {
    std::map<std::string, std::string> environment;
    std::optional<std::string> config_flag;   ///< --config
    std::optional<std::string> service_flag;  ///< -service
    std::filesystem::path working_directory = ".";
};

/// The process's own environment.
std::map<std::string, std::string> process_environment();

/// All problems at once, one a line, the contract's words first (config.md §2, §13).
struct ConfigProblems {
    std::vector<std::string> lines;
    std::string text() const;
};

/// What was read, with everything that is wrong with it.
struct ConfigReport {
    Config config;              ///< as written: defaults stand where a value could not be read
    ConfigProblems unreadable;  ///< the file, or values of the wrong type
    ConfigProblems invalid;     ///< values that the program does not start with
};

/// Reads and checks. Touches files only to read them.
ConfigReport read_config(const ConfigSources& sources);

/// Parsed and checked, ready to run with. Embedded mode only until brokered mode exists: its variables stop the start
/// with one sentence that names them (decision D1).
std::expected<Config, ConfigProblems> load_config(const ConfigSources& sources);

using ShownValue = std::variant<std::string, std::int64_t, bool>;
struct ShownField {
    std::string name;
    ShownValue value;
};

/// The fields of config.md §8 that exist, sorted by name; secrets as `<name>_configured`.
std::vector<ShownField> show_config(const Config& config);
/// The same as texts.
std::vector<std::pair<std::string, std::string>> describe_config(const Config& config);

}  // namespace outpost::app
