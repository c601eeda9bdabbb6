// What the owner of a destination allows us to do to it, beside what the operator does.
#pragma once

#include "base/time.hpp"
#include "model/string_map.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace outpost::model {

inline constexpr std::uint32_t kTimeoutSecondsMax = 300;          ///< config.timeout_seconds
inline constexpr std::uint32_t kRateLimitPerSecondMax = 10'000;   ///< config.rate_limit_per_second
inline constexpr std::uint32_t kDestinationConcurrencyMax = 256;  ///< config.max_concurrency

struct SendLimits {
    std::optional<std::chrono::seconds> timeout;   ///< of an attempt, instead of DELIVERY_TIMEOUT_SECONDS
    std::optional<std::uint32_t> per_second;       ///< attempts begun in a second
    std::optional<std::uint32_t> concurrency_max;  ///< attempts at once; the adaptive cap may be lower

    bool operator==(const SendLimits&) const = default;
};

/// Read from a destination's `config`, whatever its type. What is no whole number within its bounds counts as not set:
/// whoever wrote it past our checks must not stop deliveries.
SendLimits send_limits(const StringMap& config);

/// What is wrong with them: (field, rule), "config.timeout_seconds" and "must be a whole number from 1 to 300". An
/// empty text is not set.
std::vector<std::pair<std::string, std::string>> check_send_limits(const StringMap& config);

}  // namespace outpost::model
