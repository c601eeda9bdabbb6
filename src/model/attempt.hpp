// One try of a delivery, and what a destination said to it (api.md §11.4).
#pragma once

#include "base/id.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace outpost::model {

enum class AttemptStatus { success, failed };

/// "success" or "failed".
std::string_view to_string(AttemptStatus status);

struct Attempt {
    AttemptId id;
    std::uint32_t number = 1;  ///< 1-based, given out once, never repeated (decision B8)
    bool manual = false;
    AttemptStatus status = AttemptStatus::failed;
    TimePoint time;  ///< when the call ended
    Milliseconds duration{0};
    std::string code;           ///< HTTP status or class (destinations.md §1.10)
    std::string response_data;  ///< JSON object; empty = none
    std::string destination_type;
};

/// What one send came to. A failed delivery is data, not an error (style.md §4).
struct Outcome {
    AttemptStatus status = AttemptStatus::failed;
    std::string code;
    std::string response_data;                ///< JSON object; empty = none
    std::optional<Milliseconds> retry_after;  ///< the receiver asked for at least this (decision B4)
    bool permanent = false;                   ///< never retried by itself: 410 (decision B5)
};

}  // namespace outpost::model
