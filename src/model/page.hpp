// Which part of a list is wanted, and in which order (api.md §4.3–4.4).
#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace outpost::model {

enum class Direction { ascending, descending };

/// A place in a list ordered by (time, id). `id` is compared as bytes.
struct Position {
    TimePoint time;
    std::string id;

    auto operator<=>(const Position&) const = default;
};

/// `before` pages back from a position, `after` forward; at most one is set.
struct PageRequest {
    std::size_t limit = 100;
    Direction direction = Direction::descending;
    std::optional<Position> after;   ///< the `next` cursor
    std::optional<Position> before;  ///< the `prev` cursor
};

/// Where the neighbouring pages start, if there are any.
struct PageLinks {
    std::optional<Position> next;
    std::optional<Position> previous;
};

/// How many rows fit a list's filters, whichever page was asked for.
struct RowCount {
    std::uint64_t rows = 0;
    bool exact = true;  ///< false: at least so many

    bool operator==(const RowCount&) const = default;
};
inline constexpr std::uint64_t kRowsCountedMax = 10'000;

/// Restricts a list by time; each bound is optional.
struct TimeRange {
    std::optional<TimePoint> at_or_after;   ///< gte
    std::optional<TimePoint> after;         ///< gt
    std::optional<TimePoint> at_or_before;  ///< lte
    std::optional<TimePoint> before;        ///< lt

    bool contains(TimePoint time) const {
        return (!at_or_after || time >= *at_or_after) && (!after || time > *after) &&
               (!at_or_before || time <= *at_or_before) && (!before || time < *before);
    }
};

}  // namespace outpost::model
