// Figures of repeated measurements: median with spread, percentiles.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace outpost::bench {

/// Percentile p (0..100) of values; sorts them.
inline double percentile(std::vector<double>& values, double p) {
    if (values.empty()) return 0;
    std::ranges::sort(values);
    const auto index = static_cast<std::size_t>(p / 100 * static_cast<double>(values.size() - 1) + 0.5);
    return values[index];
}

/// "median (lowest – highest) unit".
inline std::string spread(std::vector<double> values, std::string_view unit) {
    const double median = percentile(values, 50);
    return fmt::format("{:.1f} {} ({:.1f}–{:.1f})", median, unit, values.front(), values.back());
}

}  // namespace outpost::bench
