// Which of a tenant's destinations a list shows (api.md §8.2). Pure.
#pragma once

#include "model/destination.hpp"

#include <string>
#include <vector>

namespace outpost::manage {

struct DestinationFilter {
    std::vector<std::string> types;   ///< any of them; empty = all
    std::vector<std::string> topics;  ///< all of them; empty = all
};

/// `topics` = {"*"} shows only destinations on {"*"}; otherwise those on {"*"} match everything, and patterns match
/// when wildcards are allowed.
bool is_listed(const model::Destination& destination, const DestinationFilter& filter, bool allow_wildcards);

}  // namespace outpost::manage
