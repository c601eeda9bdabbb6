// Maps whose values must be strings, as metadata in a publish request must (api.md §5.4). Pure.
#pragma once

#include "base/result.hpp"
#include "model/string_map.hpp"

#include <string_view>

namespace outpost::api {

/// @param raw  valid JSON. @return invalid "invalid JSON" when it is no object, or holds anything but strings
Result<model::StringMap> parse_strict_strings(std::string_view raw);

}  // namespace outpost::api
