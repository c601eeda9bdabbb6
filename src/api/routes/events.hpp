// /events (api.md §11.2–11.3).
#pragma once

#include "api/routes/call.hpp"
#include "manage/inspect/inspect.hpp"

namespace outpost::api {

class EventRoutes {
public:
    explicit EventRoutes(manage::Inspect& inspect) : inspect_(inspect) {}

    Task<http::ServerResponse> list(Call call);
    /// `include=outcome` adds `outcomes`: what became of each delivery (decision A7).
    Task<http::ServerResponse> get(Call call);

private:
    manage::Inspect& inspect_;
};

}  // namespace outpost::api
