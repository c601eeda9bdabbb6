// Percent-decoding of paths and queries (api.md §1.1, §4.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace outpost::api {

enum class PlusSign { literal, space };

/// nullopt for a broken escape.
std::optional<std::string> percent_decode(std::string_view text, PlusSign plus);

/// A path as routes see it. nullopt for a broken escape, bytes that are not UTF-8, and NUL: no id may hold those.
std::optional<std::string> decode_path(std::string_view path);

}  // namespace outpost::api
