// Rows that are equal to metrics, counted together (storage.md §16.5).
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace outpost::embedded {

/// How much time a cell covers, in minutes. `raw` is no cell: the rows themselves.
enum class Span : std::int64_t { raw = 0, minute = 1, hour = 60, day = 1440 };

inline constexpr std::int64_t kMinuteMs = 60'000;

/// What metrics tell apart. Of events only tenant, destination, topic and carried_from.
struct Cell {
    std::int64_t start = 0;  ///< of a cell: minutes since 1970; of a group in an answer: its bucket in ms
    std::uint32_t tenant = 0;
    std::uint32_t destination =
        0;  ///< events: 0 counts each once, whatever it matched; else those that matched this one
    std::string topic;
    std::string type;
    bool success = false;
    std::string code;
    bool manual = false;
    std::uint32_t number = 0;
    std::uint32_t carried_from = 0;  ///< events: see Origin::carried_from; 0 for what is no copy

    auto operator<=>(const Cell&) const = default;
};

}  // namespace outpost::embedded
