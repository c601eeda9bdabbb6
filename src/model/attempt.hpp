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

/// Which attempts keep a trace: the request that was sent, and how long its steps took (portal.md §15a N7).
enum class TraceWish { none, failed, all };
/// "none", "failed", "all".
std::string_view to_string(TraceWish wish);
std::optional<TraceWish> parse_trace_wish(std::string_view name);
/// Whether an attempt that ended so is to have one.
bool wants_trace(TraceWish wish, AttemptStatus status);

inline constexpr std::size_t kTraceBytesMax = 16 * 1024;  ///< of one attempt; longer headers are cut

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
    /// JSON object with `request` {method, url, headers} and `timing`; without secrets; empty = none was kept.
    std::string trace;
};

/// What one send came to. A failed delivery is data, not an error (style.md §4).
struct Outcome {
    AttemptStatus status = AttemptStatus::failed;
    std::string code;
    std::string response_data;                ///< JSON object; empty = none
    std::optional<Milliseconds> retry_after;  ///< the receiver asked for at least this (decision B4)
    bool permanent = false;                   ///< never retried by itself: 410 (decision B5)
    bool unreachable = false;                 ///< it timed out or could not be connected to, where `code` does not tell
    std::string trace;                        ///< as Attempt::trace; only when the delivery asked for it
};

}  // namespace outpost::model
