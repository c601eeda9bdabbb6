// Requests and responses as both sides of our HTTP/1.1 use them.
#pragma once

#include "base/bytes.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace outpost::http {

/// Header fields in order. Look-ups ignore case.
class Headers {
public:
    Headers() = default;
    Headers(std::initializer_list<std::pair<std::string, std::string>> fields) : fields_(fields) {}

    void reserve(std::size_t fields) { fields_.reserve(fields); }
    /// Adds; does not look for an existing one.
    void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
    /// Replaces every field of that name, keeping the first one's place; adds when there is none.
    void set(std::string_view name, std::string value);
    void remove(std::string_view name);
    /// The first field of that name.
    std::optional<std::string_view> find(std::string_view name) const;

    auto begin() const { return fields_.begin(); }
    auto end() const { return fields_.end(); }
    std::size_t size() const { return fields_.size(); }

private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

/// ASCII, case ignored.
bool equal_ignoring_case(std::string_view a, std::string_view b);
/// What may be a field's name or a method: RFC 9110 §5.6.2.
bool is_token(std::string_view text);
/// No control characters but the tab. Bytes above 0x7F are legal and go out raw (destinations.md §2.7).
bool is_field_value(std::string_view text);

}  // namespace outpost::http
