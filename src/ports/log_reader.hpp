// Reads what the ledger recorded: events and attempts by id and as lists (storage.md §8, api.md §11).
#pragma once

#include "base/deadline.hpp"
#include "base/result.hpp"
#include "base/task.hpp"
#include "model/attempt.hpp"
#include "model/delivery.hpp"
#include "model/page.hpp"
#include "ports/delivery_outcome.hpp"

#include <vector>

namespace outpost::ports {

struct EventRecord {
    model::EventPtr event;
    model::EventRef ref;
    std::vector<DestinationId> matched_destination_ids;
    std::vector<model::DestinationKey> matched;  ///< the same, by inner name
};

struct AttemptRecord {
    model::Attempt attempt;
    model::EventRef event_ref;
    TenantId tenant_id;
    EventId event_id;
    DestinationId destination_id;
    std::string topic;      ///< of the event
    model::EventPtr event;  ///< only when the query asked for it
};

/// An empty list means no restriction; values of one list are OR-ed, lists are AND-ed.
struct EventQuery {
    std::vector<TenantId> tenants;
    std::vector<EventId> ids;
    std::vector<DestinationId> destinations;  ///< any matched one
    std::vector<std::string> topics;
    model::TimeRange time;  ///< event time
    model::PageRequest page;
};

struct AttemptQuery {
    std::vector<TenantId> tenants;
    std::vector<EventId> events;
    std::vector<DestinationId> destinations;
    std::vector<std::string> destination_types;
    std::vector<std::string> topics;
    std::optional<std::string> status;  ///< compared as text: an unknown one matches nothing
    model::TimeRange time;              ///< attempt time
    model::PageRequest page;
    bool with_event = false;  ///< fill AttemptRecord::event
};

struct EventPage {
    std::vector<EventRecord> events;
    model::PageLinks links;
};

struct AttemptPage {
    std::vector<AttemptRecord> attempts;
    model::PageLinks links;
};

/// Any shard. Sees a fact as soon as the ledger call that stored it returned (decision A8).
class LogReader {
public:
    virtual ~LogReader() = default;

    /// Newest event of that id; of `tenant` only, when given. @return not_found
    virtual Task<Result<EventRecord>> find_event(std::optional<TenantId> tenant, EventId id, Deadline deadline) = 0;
    /// What became of each delivery of an event: first in the order of its matched destinations, then of those that a
    /// person sent it to later. One that waits for its first attempt has none yet.
    /// @param event  as find_event gave it
    /// Contract: decision A7.
    virtual Task<Result<std::vector<DeliveryOutcome>>> outcomes(EventRecord event, Deadline deadline) = 0;
    /// @return not_found
    virtual Task<Result<AttemptRecord>> find_attempt(std::optional<TenantId> tenant, AttemptId id, bool with_event,
                                                     Deadline deadline) = 0;
    /// By (event time, id).
    virtual Task<Result<EventPage>> list_events(EventQuery query, Deadline deadline) = 0;
    /// By (attempt time, id).
    virtual Task<Result<AttemptPage>> list_attempts(AttemptQuery query, Deadline deadline) = 0;
};

}  // namespace outpost::ports
