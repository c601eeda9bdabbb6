// Figures of repeated measurements: median with spread, percentiles.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
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

/// "median unit (lowest–highest)".
inline std::string spread(std::vector<double> values, std::string_view unit, int decimals = 1) {
    if (values.empty()) return "nothing measured";
    const double median = percentile(values, 50);
    return fmt::format("{1:.{0}f} {2} ({3:.{0}f}–{4:.{0}f})", decimals, median, unit, values.front(), values.back());
}

}  // namespace outpost::bench
