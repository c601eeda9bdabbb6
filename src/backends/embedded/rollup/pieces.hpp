// Which parts of a window are answered from cells, and which from rows. Pure.
#pragma once

#include "backends/embedded/rollup/cell.hpp"
#include "model/metric_buckets.hpp"

#include <optional>
#include <vector>

namespace outpost::embedded {

struct Piece {
    Span span = Span::raw;
    std::int64_t first_ms = 0;
    std::int64_t end_ms = 0;  ///< exclusive

    bool operator==(const Piece&) const = default;
};

/// The longest cells that never cross the edge of a bucket (api.md §13.3): none for seconds.
Span longest_span(std::optional<model::Granularity> granularity);

/// Cuts a window into cells of `longest` and shorter, with rows where no whole minute fits. In order, without gaps.
std::vector<Piece> cut(model::TimeWindow window, Span longest);

}  // namespace outpost::embedded
