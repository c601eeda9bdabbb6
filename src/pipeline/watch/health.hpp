// How destinations are doing, worked out when it is asked for (portal.md §15a N1, decision B23).
#pragma once

#include "pipeline/watch/watch.hpp"
#include "ports/destination_health.hpp"
#include "ports/log_reader.hpp"
#include "ports/tenant_store.hpp"

namespace outpost::pipeline {

inline constexpr std::size_t kHealthAttemptsMax = 100;  ///< newest attempts of a destination that are looked at
inline constexpr std::size_t kHealthDestinationsMax = ports::kBacklogsMax;  ///< of one answer
inline constexpr Milliseconds kWaitsLongAfter = std::chrono::hours(1);      ///< decision B23

/// One destination's health. What the newest kHealthAttemptsMax attempts since its creation do not show is not in
/// `watched`; of `backlog`, which has the count of failures, see there.
struct DestinationStatus {
    DestinationId id;
    HealthState state = HealthState::fresh;
    Watched watched;
    std::uint32_t consecutive_failures_limit = kConsecutiveFailuresLimit;
    ports::Backlog backlog;
    std::optional<TimePoint> waiting_since;  ///< something is due since then and waits for its turn, over an hour
};

/// One a shard. Reads only: a look at the tenant, one at the backlogs, and one at the attempts of each destination.
class Health {
public:
    /// @param limit  ALERT_CONSECUTIVE_FAILURE_COUNT; what is shown where alerts are off, too
    Health(ports::TenantStore& tenants, ports::LogReader& log, ports::DestinationHealth& backlogs, const Clock& clock,
           std::uint32_t limit = kConsecutiveFailuresLimit)
        : tenants_(tenants), log_(log), backlogs_(backlogs), clock_(clock), limit_(limit) {}

    /// @return not_found; unavailable; timeout
    Task<Result<DestinationStatus>> of(TenantId tenant, DestinationId destination, Deadline deadline);
    /// Of a tenant's destinations, oldest first, the first kHealthDestinationsMax.
    /// @param only  these of them; empty: all
    Task<Result<std::vector<DestinationStatus>>> of_tenant(TenantId tenant, std::vector<DestinationId> only,
                                                           Deadline deadline);

private:
    using Destinations = std::vector<std::shared_ptr<const model::StoredDestination>>;
    Task<Result<std::vector<DestinationStatus>>> look(Destinations destinations, Deadline deadline);
    Task<Result<Watched>> watched(std::shared_ptr<const model::StoredDestination> destination, Deadline deadline);

    ports::TenantStore& tenants_;
    ports::LogReader& log_;
    ports::DestinationHealth& backlogs_;
    const Clock& clock_;
    std::uint32_t limit_;
};

}  // namespace outpost::pipeline
