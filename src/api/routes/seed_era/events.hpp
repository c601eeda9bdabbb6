// /{tenant_id}/events… of the first versions (api.md §16.2–16.3, decision A10): old paths and bodies, today's errors.
#pragma once

#include "api/query/list_query.hpp"
#include "api/routes/call.hpp"
#include "base/clock.hpp"
#include "manage/inspect/inspect.hpp"

namespace outpost::api::seed_era {

/// Rows of a list and attempts of an event are never more than this.
inline constexpr std::size_t kSeedEraRowsMax = 1000;

/// The window when the query names none: the last hour.
inline constexpr Milliseconds kDefaultWindow = std::chrono::hours(1);

/// What a list asks for. `start` and `end` are RFC 3339 only; 422 names the wrong one. Pure.
struct EventList {
    ports::EventQuery query;
    std::optional<std::string> status;  ///< compared with each row
};
Parsed<EventList> parse_event_list(const Query& parameters, const TenantId& tenant, TimePoint now);

class EventRoutes {
public:
    EventRoutes(manage::Inspect& inspect, const Clock& clock) : inspect_(inspect), clock_(clock) {}

    /// `count` is the number of rows answered: the whole number is not counted.
    Task<http::ServerResponse> list(Call call);
    Task<http::ServerResponse> get(Call call);
    Task<http::ServerResponse> deliveries(Call call);

private:
    /// Newest first.
    Task<manage::Granted<std::vector<ports::AttemptRecord>>> attempts_of(TenantId tenant, std::vector<EventId> events,
                                                                         std::vector<DestinationId> destinations,
                                                                         Deadline deadline);

    manage::Inspect& inspect_;
    const Clock& clock_;
};

}  // namespace outpost::api::seed_era
