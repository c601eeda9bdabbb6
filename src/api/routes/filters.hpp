// POST /filters/test: a filter tried on an event, or on the newest ones of a tenant (portal.md §15a N8).
#pragma once

#include "api/routes/call.hpp"
#include "base/clock.hpp"
#include "manage/filters/filter_tests.hpp"

namespace outpost::api {

class FilterRoutes {
public:
    FilterRoutes(manage::FilterTests& tests, const Clock& clock) : tests_(tests), clock_(clock) {}

    /// `{"filter","event":{"id"?,"topic"?,"time"?,"metadata"?,"data"?}}` answers `{"matches","clauses":[{"path",
    /// "operator","matched"}]}`. `{"filter","destination_id","tenant_id","last"?}` answers `{"results":[{"event_id",
    /// "topic","time","matches"}]}`, newest first; a token needs no `tenant_id`, and 403 answers another one than its
    /// own. 422 naming the wrong member; 404 for an unknown tenant or destination.
    Task<http::ServerResponse> test(Call call);

private:
    Task<http::ServerResponse> on_event(std::string filter, model::EventPtr event);
    Task<http::ServerResponse> on_newest(std::string filter, manage::NewestEvents which, Deadline deadline);

    manage::FilterTests& tests_;
    const Clock& clock_;
};

}  // namespace outpost::api
