// What waits for destinations, from the projection `open_deliveries`.
#pragma once

#include "backends/embedded/read/read_session.hpp"
#include "ports/destination_health.hpp"

namespace outpost::embedded {

/// In the order of the question. As ports::DestinationHealth::backlogs: as far behind as the projections are.
Result<std::vector<ports::Backlog>> read_backlogs(ReadSession& session,
                                                  std::span<const model::DestinationKey> destinations);

}  // namespace outpost::embedded
