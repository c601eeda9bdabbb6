// /attempts, and the same below a destination (api.md §11.5–11.7).
#pragma once

#include "api/routes/call.hpp"
#include "base/clock.hpp"
#include "manage/inspect/inspect.hpp"

namespace outpost::api {

class AttemptRoutes {
public:
    AttemptRoutes(manage::Inspect& inspect, const manage::Catalog& catalog, const Clock& clock)
        : inspect_(inspect), catalog_(catalog), clock_(clock) {}

    Task<http::ServerResponse> list(Call call);
    Task<http::ServerResponse> get(Call call);
    /// Tenant and destination are the path's; the query's are ignored. The destination need not exist.
    Task<http::ServerResponse> list_of_destination(Call call);
    /// 404 when the attempt belongs to another destination or tenant.
    Task<http::ServerResponse> get_of_destination(Call call);

private:
    Task<http::ServerResponse> list_response(ports::AttemptQuery query, Call call);
    http::ServerResponse shown(const manage::InspectedAttempt& attempt, const Query& query) const;

    manage::Inspect& inspect_;
    const manage::Catalog& catalog_;
    const Clock& clock_;
};

}  // namespace outpost::api
