// What a setting is: its names, its field of Config, and which values it takes (config.md §3).
#pragma once

#include "app/config/config.hpp"
#include "app/config/load.hpp"
#include "app/config/value.hpp"

#include <limits>
#include <span>

namespace outpost::app {

/// Which numbers a setting takes.
struct NumberRule {
    std::int64_t min = std::numeric_limits<std::int32_t>::min();
    std::int64_t max = std::numeric_limits<std::int32_t>::max();
    /// What a number means before it is compared with the range: the reference reads some 0 as "the default".
    std::int64_t (*meaning)(std::int64_t) = nullptr;
    bool wide = false;  ///< one of ours that may need 64 bits
};

struct Setting {
    struct Names {
        std::string_view variable;       ///< in the environment and in dotenv files
        std::string_view path;           ///< in YAML, dotted
        std::string_view shown_as = {};  ///< in show_config(); empty = not shown
    };
    Names names;
    NumberRule number;
    bool secret = false;        ///< also read from the file that VARIABLE_FILE names; shown as `…_configured`
    bool empty_counts = false;  ///< an empty environment variable is a value too (config.md §1.5)
    /// @return corrupt: not a value of this type; invalid: not one that is allowed. The text is the whole line.
    Result<void> (*assign)(Config&, const RawValue&, const NumberRule&);
    ShownValue (*show)(const Config&);
};

/// Every setting that this version reads, in the order of config.md §3.
std::span<const Setting> settings();

/// @return null when there is none
const Setting* find_setting(std::string_view name, Origin origin);

}  // namespace outpost::app
