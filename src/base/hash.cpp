#include "base/hash.hpp"

#include <xxhash.h>

namespace outpost {

std::uint64_t hash64(std::string_view data, std::uint64_t seed) {
    return XXH3_64bits_withSeed(data.data(), data.size(), seed);
}

}  // namespace outpost
