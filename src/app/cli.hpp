// The program's command line: starts the service, or answers and ends (config.md §7).
#pragma once

#include "app/cli_commands.hpp"

namespace outpost::app {

/// Everything that main() does. @return the exit code: 0; 1 with the reason on standard error; 2 for a wrong flag of
/// outpost-server
int run_cli(int argc, char** argv);

/// `outpost serve`: loads, starts, says where it listens, and returns after the first SIGINT or SIGTERM, drained.
int serve(const CommandLine& line, const Surroundings& around);

}  // namespace outpost::app
