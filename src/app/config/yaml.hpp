// A YAML file as a flat list of values (config.md §1.3).
#pragma once

#include "app/config/value.hpp"

namespace outpost::app {

inline constexpr std::size_t kYamlValuesMax = 4096;
inline constexpr int kYamlDepthMax = 16;

/// Each value under its dotted path, in the file's order; the first document only. Sections themselves are no values,
/// but an empty one and one that is null is a null.
/// @return corrupt: syntax, a key twice, more than the limits
Result<std::vector<RawValue>> parse_yaml(const std::string& text);

}  // namespace outpost::app
