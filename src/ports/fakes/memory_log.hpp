// The LogReader over a MemoryTruth.
#pragma once

#include "ports/fakes/memory_tenant_store.hpp"
#include "ports/fakes/memory_truth.hpp"
#include "ports/log_reader.hpp"

namespace outpost::ports::fakes {

/// All shards on one thread.
class MemoryLog final : public LogReader {
public:
    /// @param names  tells the public ids of destinations, deleted ones included
    MemoryLog(const MemoryTruth& truth, const MemoryTenantStore& names, const Clock& clock)
        : truth_(truth), names_(names), clock_(clock) {}

    Task<Result<EventRecord>> find_event(std::optional<TenantId> tenant, EventId id, Deadline deadline) override;
    Task<Result<std::vector<DeliveryOutcome>>> outcomes(EventRecord event, Deadline deadline) override;
    Task<Result<AttemptRecord>> find_attempt(std::optional<TenantId> tenant, AttemptId id, bool with_event,
                                             Deadline deadline) override;
    Task<Result<EventPage>> list_events(EventQuery query, Deadline deadline) override;
    Task<Result<AttemptPage>> list_attempts(AttemptQuery query, Deadline deadline) override;

private:
    EventRecord record_of(model::EventRef ref, const MemoryEvent& event) const;
    AttemptRecord record_of(const MemoryAttempt& attempt, bool with_event) const;
    /// The matched ones first, then those it was sent to later.
    std::vector<model::DestinationKey> destinations_of(const EventRecord& event) const;
    bool has_outcome(const EventQuery& query, const EventRecord& event) const;

    const MemoryTruth& truth_;
    const MemoryTenantStore& names_;
    const Clock& clock_;
};

}  // namespace outpost::ports::fakes
