// The commands that answer and end (config.md §7.2, §7.3).
#pragma once

#include "app/cli_arguments.hpp"
#include "app/config/load.hpp"

#include <filesystem>
#include <iosfwd>
#include <map>
#include <string>

namespace outpost::app {

/// What a command sees of the world, so that tests can show it another one.
struct Surroundings {
    std::map<std::string, std::string> environment;
    std::filesystem::path working_directory = ".";
    std::ostream& out;
    std::ostream& err;
    bool terminal = false;  ///< `out` is one
};

ConfigSources sources_of(const CommandLine& line, const Surroundings& around);

/// `Error: <prefix><line>` for each line of `problems`; without "Error: " for outpost-server.
/// @return 1
int refuse(const CommandLine& line, const Surroundings& around, const ConfigProblems& problems,
           std::string_view prefix = {});

/// Every verb but serve. @return the exit code
int run_command(const CommandLine& line, const Surroundings& around);

}  // namespace outpost::app
