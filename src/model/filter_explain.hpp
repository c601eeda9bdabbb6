// A filter taken apart, so that people can see which of its conditions an event fulfils (portal.md §15a N8).
#pragma once

#include "model/filter.hpp"

#include <vector>

namespace outpost::model {

inline constexpr std::size_t kExplainedFilterBytesMax = 64 * 1024;
inline constexpr std::size_t kExplainedClausesMax = 256;

/// One condition of a filter, as a filter of its own: the server's matcher says whether an event fulfils it.
struct FilterClause {
    /// Where it stands: "data.amount"; "" is the document itself. Below logic "data.$or[1].amount", "$not.topic".
    std::string path;
    /// As it is written: "$gt", "$or". A plain value is "$eq", a list "contains", an empty object "exists".
    std::string op;
    Filter alone;
};

/// The conditions in the order of the text, `$or`, `$and` and `$not` before those inside them; the first
/// kExplainedClausesMax. Each is asked by itself: below `$not` one may hold where the filter does not, and beside
/// `"$exist": false` the others are not fulfilled by what is missing. Pure; its cost is bounded by the text.
/// @return invalid as Filter::compile, and for more than kExplainedFilterBytesMax
Result<std::vector<FilterClause>> explain_filter(std::string_view text);

}  // namespace outpost::model
