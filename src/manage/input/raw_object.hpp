// A JSON object split into its members, each still the text that was sent: integers keep their digits (api.md §5.4),
// repeated names stay visible.
#pragma once

#include "base/json_scan.hpp"
#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace outpost::manage {

/// The kind of a valid JSON text without blanks around it. Never empty.
JsonKind kind_of(std::string_view raw);

struct RawMember {
    std::string name;
    std::string_view value;  ///< valid JSON without blanks around it
};

/// Views into the text it was made from, which must outlive it. Immutable; any thread.
class RawObject {
public:
    RawObject() = default;

    /// The first JSON value of `text`, which must be an object, or `null` for an empty one; what follows is ignored
    /// (api.md §1). The text is checked whole: UTF-8, syntax, nesting. @return invalid "invalid JSON"
    static Result<RawObject> parse(std::string_view text);

    const std::vector<RawMember>& members() const { return members_; }
    /// The last member of that name, ASCII case ignored (api.md §1). `null` is returned as such.
    std::optional<std::string_view> find(std::string_view name) const;
    /// The same, with `null` as absent.
    std::optional<std::string_view> find_present(std::string_view name) const;
    /// A string member; none when absent or null. @return invalid "invalid JSON" for another kind, and for lone
    /// surrogates: these strings are names of things (decision A3)
    Result<std::optional<std::string>> find_string(std::string_view name) const;

private:
    std::vector<RawMember> members_;
};

/// The content of a JSON string literal. @return invalid "invalid JSON" when `raw` is none, or has lone surrogates
Result<std::string> unquote(std::string_view raw);

}  // namespace outpost::manage
