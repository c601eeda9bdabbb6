// What somebody may have meant by a name that nobody reads (decision D8, config.md §5).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace outpost::app {

/// Insertions, deletions, replacements and swaps of neighbours that lead from `a` to `b`; counts no further than
/// `limit` + 1.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);

/// The nearest of `names` within two edits (one for short names). @return empty when there is none
std::string nearest(std::string_view name, std::span<const std::string> names);

/// A line about an environment variable that looks like ours and is not read; nullopt for everybody else's, and for
/// what Docker and Kubernetes set for a linked service (`…_SERVICE_HOST`, `…_PORT=tcp://…`).
std::optional<std::string> remark_on_variable(std::string_view name, std::string_view value);

/// A line about an unknown YAML path: about its first part that is unknown, so that a section gets one line.
std::string remark_on_path(std::string_view path);

/// Whether a known YAML path begins with `path` and a dot.
bool is_section(std::string_view path);

}  // namespace outpost::app
