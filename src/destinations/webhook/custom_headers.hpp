// The headers a destination's owner adds to each request (destinations.md §2.3).
#pragma once

#include "model/string_map.hpp"
#include "ports/destination.hpp"

#include <expected>
#include <string>
#include <vector>

namespace outpost::webhook {

/// Reads and checks `config.custom_headers`. Absent, "", "{}" and "null": none. Names keep their case.
/// @return all problems, sorted by header name: pattern, forbidden, required; or `invalid` for anything but a JSON
/// object of strings. Values are not checked for control characters: with one, each delivery fails (§2.9).
std::expected<model::StringMap, std::vector<ports::FieldProblem>> parse_custom_headers(const model::StringMap& config);

}  // namespace outpost::webhook
