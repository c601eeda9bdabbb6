// Flat string → string maps: config, credentials, metadata (api.md §5.4).
#pragma once

#include <map>
#include <string>

namespace outpost::model {

/// Sorted by key, as they are shown.
using StringMap = std::map<std::string, std::string>;

}  // namespace outpost::model
