// What the operator is told in a simulation, over all its processes (pipeline.md §11, decisions C1–C3, hard case T-47).
#pragma once

#include "ports/operator_outbox.hpp"

#include <map>
#include <string>
#include <vector>

namespace outpost::sim {

inline constexpr std::uint32_t kAlertLimit = 5;

struct AlertsSeen {
    std::vector<ports::OperatorNotice> notices;  ///< every one, in the order in which they were written
    bool auto_disable = false;
};

/// Whose alerts: a tenant's public id of a destination, whatever its incarnation.
using AlertsOf = std::pair<TenantId, DestinationId>;

/// @param armings  how often at most each was created, enabled or deleted
/// @return what is wrong, in words
std::vector<std::string> check_alerts(const AlertsSeen& seen, const std::vector<ports::AttemptRecord>& attempts,
                                      const std::map<AlertsOf, std::size_t>& armings);

}  // namespace outpost::sim
