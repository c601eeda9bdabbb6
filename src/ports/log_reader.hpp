// Reads what the ledger recorded: events and attempts by id and as lists (storage.md §8, api.md §11).
#pragma once

#include "base/deadline.hpp"
#include "base/result.hpp"
#include "base/task.hpp"
#include "model/attempt.hpp"
#include "model/delivery.hpp"
#include "model/log_conditions.hpp"
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
    std::string topic;                  ///< of the event
    std::optional<TimePoint> next_due;  ///< when the next attempt was to be made; none: none was
    model::EventPtr event;              ///< only when the query asked for it
};

/// An empty list means no restriction; values of one list are OR-ed, lists are AND-ed.
struct EventQuery {
    std::vector<TenantId> tenants;
    std::vector<EventId> ids;
    std::vector<DestinationId> destinations;  ///< any matched one
    std::vector<std::string> topics;
    model::TimeRange time;  ///< event time
    model::EventConditions conditions;
    /// What has become of one of its deliveries, or of one to `destinations` when those are given; none: it waits for
    /// its first attempt.
    std::vector<std::optional<OutcomeState>> outcomes;
    model::PageRequest page;
    bool with_count = false;  ///< fill EventPage::count
};

struct AttemptQuery {
    std::vector<TenantId> tenants;
    std::vector<EventId> events;
    std::vector<DestinationId> destinations;
    std::vector<std::string> destination_types;
    std::vector<std::string> topics;
    std::optional<std::string> status;  ///< compared as text: an unknown one matches nothing
    model::TimeRange time;              ///< attempt time
    model::AttemptConditions conditions;
    model::PageRequest page;
    bool with_event = false;  ///< fill AttemptRecord::event
    bool with_count = false;  ///< fill AttemptPage::count
};

struct EventPage {
    std::vector<EventRecord> events;
    model::PageLinks links;
    std::optional<model::RowCount> count;  ///< at most model::kRowsCountedMax
};

struct AttemptPage {
    std::vector<AttemptRecord> attempts;
    model::PageLinks links;
    std::optional<model::RowCount> count;  ///< as of an EventPage
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
    /// By (event time, id). With `conditions` or `outcomes` the rows that fit the rest are looked at one by one, and a
    /// call may end after a number of them that the implementation names: the page then has fewer rows than its limit,
    /// perhaps none, and the link onward leads on from there. The same goes for attempts, and bounds the count.
    virtual Task<Result<EventPage>> list_events(EventQuery query, Deadline deadline) = 0;
    /// By (attempt time, id).
    virtual Task<Result<AttemptPage>> list_attempts(AttemptQuery query, Deadline deadline) = 0;
};

}  // namespace outpost::ports
