// Filters tried on events before they are stored with a destination (portal.md §15a N8).
#pragma once

#include "manage/refusal/refusal.hpp"
#include "model/filter_explain.hpp"
#include "ports/log_reader.hpp"
#include "ports/tenant_store.hpp"

namespace outpost::manage {

inline constexpr std::size_t kFilterTestEventsMax = 100;
inline constexpr std::size_t kFilterTestEventsDefault = 20;

/// What a filter says to one event.
struct FilterVerdict {
    struct Clause {
        std::string path;
        std::string op;
        bool matched = false;
    };
    bool matches = false;
    std::vector<Clause> clauses;  ///< model::explain_filter
};

/// What a filter says to an event of the log.
struct EventMatch {
    EventId event_id;
    std::string topic;
    TimePoint time;
    bool matches = false;
};

/// The events of a destination's tenant, newest first.
struct NewestEvents {
    TenantId tenant;
    DestinationId destination;
    std::size_t count = kFilterTestEventsDefault;  ///< 1..kFilterTestEventsMax
};

/// One a shard. Reads only. Lets others of its shard in between conditions and events: one may cost some 10 ms.
class FilterTests {
public:
    FilterTests(ports::LogReader& log, ports::TenantStore& tenants) : log_(log), tenants_(tenants) {}

    /// @return invalid with the matcher's text
    Task<Granted<FilterVerdict>> explain(std::string filter, model::EventPtr event);
    /// Only the filter is asked, not the destination's topics.
    /// @return invalid with the matcher's text; not_found "tenant not found" or "destination not found"
    Task<Granted<std::vector<EventMatch>>> newest(std::string filter, NewestEvents which, Deadline deadline);

private:
    ports::LogReader& log_;
    ports::TenantStore& tenants_;
};

}  // namespace outpost::manage
