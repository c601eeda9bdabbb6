// One value as somebody wrote it, and what its text can mean (config.md §1.4).
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace outpost::app {

/// Where a value comes from decides what an empty one means (config.md §1.5).
enum class Origin { environment, dotenv, yaml };

struct RawValue {
    enum class Shape {
        text,
        list,
        null,  ///< YAML only: as if it were not there
        odd,   ///< YAML only: a list of something other than texts
    };

    std::string name;  ///< as written: "API_PORT", "redis.host"
    Origin origin = Origin::environment;
    Shape shape = Shape::text;
    std::string text;
    std::vector<std::string> items;  ///< of a list
    int line = 0;                    ///< YAML only, 1-based

    /// How messages call it: "API_PORT", "api_port (line 3)".
    std::string label() const;
    /// Neither empty nor null.
    bool says_something() const;
};

/// Base 10 with an optional sign, nothing around it. @param bits  32 or 64: what it must fit in
/// @return corrupt `"abc" is not an integer`
Result<std::int64_t> parse_integer(std::string_view text, int bits = 32);
/// `1 t T TRUE true True 0 f F FALSE false False`; YAML also has yes/no and on/off. @return corrupt
Result<bool> parse_boolean(std::string_view text, Origin origin);
/// Split at commas; parts are trimmed (a superset of the reference) and blank ones left out.
std::vector<std::string> split_list(std::string_view text);
/// Without blanks at both ends.
std::string_view trimmed(std::string_view text);

}  // namespace outpost::app
