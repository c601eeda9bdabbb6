// Names of the reference that this version knows and does not use (config.md §3.2–3.5, §3.9–3.13, §5).
#pragma once

#include "app/config/value.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace outpost::app {

/// What becomes of a known name without a setting.
enum class Fate {
    silent,          ///< vendor telemetry (decision D7), and what chooses nothing by itself
    ignored,         ///< has no counterpart in embedded mode: one line names them
    observability,   ///< OpenTelemetry
    operator_queue,  ///< a queue as the sink of operator events
    later,           ///< other parts that do not exist yet
    brokered,        ///< chooses brokered mode (decision D1)
    publish_queue,   ///< publishing from a queue
};

/// @param name  a variable, or its form with `_FILE` when it is a secret; in YAML a path
std::optional<Fate> fate_of(std::string_view name, Origin origin);

/// The name under which a documented but wrong one is read (decision D9). @return `name` itself when it is none
std::string canonical_name(const std::string& name, Origin origin);

/// Every name that fate_of() knows, for suggestions and for what is a section.
const std::vector<std::string>& other_variables();
const std::vector<std::string>& other_paths();

}  // namespace outpost::app
