// Which seeds are run.
#pragma once

#include <cstdint>
#include <cstddef>
#include <string>

namespace outpost::sim {

struct Options {
    std::uint64_t first_seed = 1;
    std::uint64_t seeds = 200;
    std::size_t failures_max = 3;  ///< then it stops
    std::string only_ledger;       ///< "engine", "memory" or "multi-hop": others' seeds are left out
};

/// From the environment, and what main() took from the command line.
Options read_options();
void set_only_seed(std::uint64_t seed);

}  // namespace outpost::sim
