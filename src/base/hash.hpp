// The 64-bit hash of ids and rows: XXH3, stable over versions and machines, so it may be stored.
#pragma once

#include <cstdint>
#include <string_view>

namespace outpost {

std::uint64_t hash64(std::string_view data, std::uint64_t seed = 0);

}  // namespace outpost
