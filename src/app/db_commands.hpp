// `outpost db …`: what an operator does with the data directory of embedded mode (design.md §4 "Tools").
#pragma once

#include "app/cli_commands.hpp"

namespace outpost::app {

/// @param line  one of the db verbs
/// @return the exit code: 1 when something is wrong, said on standard error
int run_db_command(const CommandLine& line, const Surroundings& around);

}  // namespace outpost::app
