// Puts one layer of values, a file or the environment, over what is there (config.md §1.1).
#pragma once

#include "app/config/load.hpp"
#include "app/config/other_names.hpp"
#include "app/config/value.hpp"

#include <map>
#include <set>

namespace outpost::app {

/// What the layers said besides values of settings.
struct Remarks {
    std::map<Fate, std::set<std::string>> others;  ///< known names without a setting that say something
    std::set<std::string> aliases;                 ///< lines about wrong names that are read all the same (D9)
    std::set<std::string> unknown;                 ///< lines about names that nobody reads (D8)
};

/// Later layers win. An alias gives way to its proper name in the same layer.
/// @param directory  relative names of secret files start here
void apply_layer(const std::vector<RawValue>& values, const std::filesystem::path& directory, ConfigReport& report,
                 Remarks& remarks);

}  // namespace outpost::app
