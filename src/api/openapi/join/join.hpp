// Puts the parts of our OpenAPI document together. Runs at build time only (decision A13).
#pragma once

#include "base/result.hpp"

#include <string>
#include <vector>

namespace outpost::api::openapi {

/// One file of the document: a part of it, from the root on.
struct Part {
    std::string name;  ///< for errors
    std::string yaml;
};

/// Merges the parts: mappings by key, everything else may be said only once. Then the responses under the root's
/// `x-every-response` are added to each operation, and those under `x-caller-response` to each that needs a caller
/// (whose `security` is not empty), and the headers under `x-every-header` to each response; what is said there already
/// wins. The lists are left out of the result.
/// Plain scalars are read as YAML 1.2 does: null, true, false, integers and decimals; all others are text.
/// @return compact JSON, keys in the order of the parts; invalid, naming part and place
Result<std::string> join(const std::vector<Part>& parts);

}  // namespace outpost::api::openapi
