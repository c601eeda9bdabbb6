// The dotenv dialect of the reference (config.md §1.3).
#pragma once

#include "base/result.hpp"

#include <map>
#include <string>
#include <string_view>

namespace outpost::app {

/// `KEY=value` or `KEY: value`, optional `export`, comments, quotes, and `$VAR` of what stands earlier in the same
/// file. The last of several lines for one key counts. @return corrupt "line N: …"
Result<std::map<std::string, std::string>> parse_dotenv(std::string_view text);

}  // namespace outpost::app
