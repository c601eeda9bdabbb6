// /tenants/{tenant_id}/destinations… (api.md §8).
#pragma once

#include "api/routes/call.hpp"
#include "base/clock.hpp"

namespace outpost::api {

class DestinationRoutes {
public:
    DestinationRoutes(manage::Destinations& destinations, const manage::Catalog& catalog, const Clock& clock)
        : destinations_(destinations), catalog_(catalog), clock_(clock) {}

    Task<http::ServerResponse> list(Call call);
    Task<http::ServerResponse> create(Call call);
    Task<http::ServerResponse> get(Call call);
    Task<http::ServerResponse> patch(Call call);
    Task<http::ServerResponse> remove(Call call);
    /// Answers with what was deleted, as before v0.16 (api.md §16.2).
    Task<http::ServerResponse> remove_and_show(Call call);
    Task<http::ServerResponse> enable(Call call);
    Task<http::ServerResponse> disable(Call call);

private:
    http::ServerResponse shown(int status, const manage::Granted<model::Destination>& destination) const;

    manage::Destinations& destinations_;
    const manage::Catalog& catalog_;
    const Clock& clock_;
};

}  // namespace outpost::api
