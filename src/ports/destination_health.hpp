// What waits for destinations, as their health shows it (portal.md §15a N1, decision B23).
#pragma once

#include "base/deadline.hpp"
#include "base/result.hpp"
#include "base/task.hpp"
#include "model/destination.hpp"

#include <vector>

namespace outpost::ports {

inline constexpr std::size_t kBacklogsMax = 100;       ///< destinations of one call
inline constexpr std::size_t kBacklogRowsMax = 1'000;  ///< deliveries of one destination that are looked at

/// The open deliveries of one destination, and its count of failures. Of more deliveries than kBacklogRowsMax, those
/// that are due first are looked at, and everything else here is said of them.
struct Backlog {
    /// Attempts that failed since the last success, enable, or change of config or credentials: the very count that
    /// alerts go by (pipeline.md §11.1, decision C1).
    std::uint32_t consecutive_failures = 0;
    std::size_t pending = 0;                      ///< open deliveries, at most kBacklogRowsMax
    std::size_t pending_retries = 0;              ///< those of them that have had an attempt
    std::optional<TimePoint> oldest_received_at;  ///< when the oldest of their events was received
    std::optional<TimePoint> first_due_at;        ///< when the first of them is due; the past: it waits for its turn
    std::optional<TimePoint> next_retry_at;       ///< when the first one is due that has had an attempt

    bool operator==(const Backlog&) const = default;
};

/// Any shard.
class DestinationHealth {
public:
    virtual ~DestinationHealth() = default;

    /// What is open for each of these, in their order; only for this very incarnation. About a second behind what the
    /// ledger has stored, at most, unless it is under heavy load.
    /// @param destinations  1..kBacklogsMax
    /// @return unavailable; timeout
    virtual Task<Result<std::vector<Backlog>>> backlogs(std::vector<model::DestinationKey> destinations,
                                                        Deadline deadline) = 0;
};

}  // namespace outpost::ports
