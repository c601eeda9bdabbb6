// Events and attempts as clients look at them (api.md §11).
#pragma once

#include "manage/refusal/refusal.hpp"
#include "ports/log_reader.hpp"
#include "ports/tenant_store.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace outpost::manage {

/// What an attempt or event is shown with: the `include` parameter, also as one comma list. Unknown values are ignored.
struct Includes {
    bool event = false;
    bool event_data = false;  ///< implies event
    bool response_data = false;
    bool destination = false;
    bool outcome = false;  ///< events (decision A7)
    bool request = false;  ///< attempts, as timing (portal.md §15a N7)
    bool timing = false;
    bool count = false;  ///< lists (portal.md §15a N5)
};
Includes parse_includes(const std::vector<std::string>& values);

/// An attempt and what was asked for with it.
struct InspectedAttempt {
    ports::AttemptRecord record;
    /// Only when asked for and the destination still exists. Shared with the tenant's view.
    std::shared_ptr<const model::StoredDestination> destination;
};

struct InspectedPage {
    std::vector<InspectedAttempt> attempts;
    model::PageLinks links;
    std::optional<model::RowCount> count;
};

/// One a shard. Reads only.
class Inspect {
public:
    Inspect(ports::LogReader& log, ports::TenantStore& tenants) : log_(log), tenants_(tenants) {}

    /// @param scope  the tenant to look in; none = all. not_found "event not found"
    Task<Granted<ports::EventRecord>> event(std::optional<TenantId> scope, EventId id, Deadline deadline);
    /// What became of an event's deliveries (decision A7).
    Task<Granted<std::vector<ports::DeliveryOutcome>>> outcomes(ports::EventRecord event, Deadline deadline);
    Task<Granted<ports::EventPage>> events(ports::EventQuery query, Deadline deadline);
    /// not_found "attempt not found"
    Task<Granted<InspectedAttempt>> attempt(std::optional<TenantId> scope, AttemptId id, Includes includes,
                                            Deadline deadline);
    Task<Granted<InspectedPage>> attempts(ports::AttemptQuery query, Includes includes, Deadline deadline);

private:
    /// One look at each tenant of the page, however many attempts it has there.
    Task<Granted<InspectedPage>> with_destinations(InspectedPage page, Deadline deadline);

    ports::LogReader& log_;
    ports::TenantStore& tenants_;
};

}  // namespace outpost::manage
