// Which seeds are run.
#pragma once

#include <cstdint>
#include <cstddef>

namespace outpost::sim {

struct Options {
    std::uint64_t first_seed = 1;
    std::uint64_t seeds = 200;
    std::size_t failures_max = 3;  ///< then it stops
};

/// From the environment, and what main() took from the command line.
Options read_options();
void set_only_seed(std::uint64_t seed);

}  // namespace outpost::sim
