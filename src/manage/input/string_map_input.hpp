// String maps as clients send them: other JSON values become strings (api.md §5.4, destinations.md §1.4, §1.6).
#pragma once

#include "base/result.hpp"
#include "model/string_map.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace outpost::manage {

/// One value as it is stored. Integers keep their source text; other numbers take their shortest decimal form;
/// null becomes ""; objects and arrays compact JSON with sorted keys. `raw` is valid JSON.
std::string coerce_to_string(std::string_view raw);

/// A map on create or upsert. @return invalid "invalid JSON" when `raw` is no object
Result<model::StringMap> parse_string_map(std::string_view raw);

/// A map on PATCH: merge-patch of one level.
struct MapPatch {
    bool clear = false;                                                       ///< the whole member was null
    std::vector<std::pair<std::string, std::optional<std::string>>> changes;  ///< none deletes the key

    /// Whether it counts as a change: `{}` and an absent member do not (destinations.md §1.6).
    bool changes_anything() const { return clear || !changes.empty(); }
};

/// @param raw  the member's value, or none when it was not sent
Result<MapPatch> parse_map_patch(std::optional<std::string_view> raw);
/// `values` after the patch.
model::StringMap patched(model::StringMap values, const MapPatch& patch);
/// What the patch sets, without what it deletes.
model::StringMap values_set_by(const MapPatch& patch);

}  // namespace outpost::manage
