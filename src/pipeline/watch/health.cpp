#include "pipeline/watch/health.hpp"

namespace outpost::pipeline {
namespace {

DestinationStatus status_of(const model::StoredDestination& stored, Watched watched, const ports::Backlog& backlog,
                            std::uint32_t limit, TimePoint now) {
    DestinationStatus status{.id = stored.destination.id,
                             .state = HealthState::fresh,
                             .watched = std::move(watched),
                             .consecutive_failures_limit = limit,
                             .backlog = backlog,
                             .waiting_since = std::nullopt};
    if (backlog.first_due_at && *backlog.first_due_at + kWaitsLongAfter < now) {
        status.waiting_since = backlog.first_due_at;
    }
    status.state = judge({.watched = status.watched,
                          .consecutive_failures = backlog.consecutive_failures,
                          .disabled = stored.destination.disabled_at.has_value(),
                          .automatically = !stored.destination.disabled_reason.empty(),
                          .waits_long = status.waiting_since.has_value(),
                          .limit = status.consecutive_failures_limit});
    return status;
}

}  // namespace

Task<Result<DestinationStatus>> Health::of(TenantId tenant, DestinationId destination, Deadline deadline) {
    CO_TRY(auto found, co_await of_tenant(std::move(tenant), {std::move(destination)}, deadline));
    if (found.empty()) co_return fail(Errc::not_found, "destination not found");
    co_return std::move(found.front());
}

Task<Result<std::vector<DestinationStatus>>> Health::of_tenant(TenantId tenant, std::vector<DestinationId> only,
                                                               Deadline deadline) {
    CO_TRY(const ports::TenantViewPtr view, co_await tenants_.view(std::move(tenant), deadline));
    Destinations destinations;
    for (const auto& stored : view->destinations) {
        if (destinations.size() == kHealthDestinationsMax) break;
        const bool wanted = only.empty() || std::ranges::find(only, stored->destination.id) != only.end();
        if (wanted) destinations.push_back(stored);
    }
    if (destinations.empty()) co_return std::vector<DestinationStatus>{};
    co_return co_await look(std::move(destinations), deadline);
}

Task<Result<std::vector<DestinationStatus>>> Health::look(Destinations destinations, Deadline deadline) {
    std::vector<model::DestinationKey> keys;
    for (const auto& stored : destinations) keys.push_back(stored->key);
    CO_TRY(const std::vector<ports::Backlog> backlogs, co_await backlogs_.backlogs(std::move(keys), deadline));
    ASSERT(backlogs.size() == destinations.size());
    std::vector<DestinationStatus> statuses;
    for (std::size_t i = 0; i < destinations.size(); ++i) {
        CO_TRY(Watched seen, co_await watched(destinations[i], deadline));
        statuses.push_back(status_of(*destinations[i], std::move(seen), backlogs[i], limit_, clock_.now()));
    }
    co_return statuses;
}

Task<Result<Watched>> Health::watched(std::shared_ptr<const model::StoredDestination> destination, Deadline deadline) {
    ports::AttemptQuery query;
    query.tenants = {destination->destination.tenant_id};
    query.destinations = {destination->destination.id};
    query.time.at_or_after = destination->destination.created_at;  // not those of an earlier one of the same id
    query.page.limit = kHealthAttemptsMax;
    CO_TRY(const ports::AttemptPage page, co_await log_.list_attempts(std::move(query), deadline));
    Watched state;
    for (auto record = page.attempts.rbegin(); record != page.attempts.rend(); ++record) {
        state = watch(std::move(state), record->attempt);
    }
    co_return state;
}

}  // namespace outpost::pipeline
