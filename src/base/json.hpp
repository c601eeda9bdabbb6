// JSON values by Boost.JSON. Heavy header: include it in .cpp files; headers forward-declare boost::json::value.
#pragma once

#include "base/result.hpp"

#include <boost/json.hpp>

#include <string_view>

namespace outpost {

namespace json = boost::json;

inline constexpr std::size_t kJsonDepthMax = 128;  // decision A3

/// Parses the first JSON value of `text`; what follows it is ignored, as the reference does (api.md §1).
/// Invalid UTF-8, nesting over kJsonDepthMax and syntax errors → invalid "invalid JSON".
Result<json::value> parse_json(std::string_view text);

/// Serialises in the reference's form: compact, `<>&` and U+2028/9 escaped, object keys in their order.
std::string to_json(const json::value& value);
/// The same with object keys sorted by bytes at every level (api.md §5.3 free maps, §6.3 canonical equality).
std::string to_canonical_json(const json::value& value);

}  // namespace outpost
