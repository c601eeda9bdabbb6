// The query string: repeated, bracketed and indexed arrays (api.md §4.1).
#pragma once

#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace outpost::api {

inline constexpr std::size_t kQueryParametersMax = 2048;

/// Immutable. Names and values are decoded; pairs with a broken escape are left out, as the reference does.
class Query {
public:
    Query() = default;
    /// @return invalid when there are more than kQueryParametersMax pairs
    static Result<Query> parse(std::string_view text);

    /// The first value of exactly this name.
    std::optional<std::string_view> find(std::string_view name) const;
    /// The same, with an empty value as absent: the form of single-valued parameters.
    std::optional<std::string_view> find_filled(std::string_view name) const;
    /// `name[0]=a&name[1]=b`, else `name[]=a&name[]=b`, else `name=a&name=b`; an empty value is a value.
    std::vector<std::string> array(std::string_view name) const;
    /// `name[key]=value` for any key, as (key, value) in the order of the query. Views into the query.
    std::vector<std::pair<std::string_view, std::string_view>> bracketed(std::string_view name) const;

private:
    std::vector<std::pair<std::string, std::string>> pairs_;
};

}  // namespace outpost::api
