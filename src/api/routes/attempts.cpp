#include "api/routes/attempts.hpp"

#include "api/envelope/envelope.hpp"
#include "api/query/log_filters.hpp"
#include "api/routes/scope.hpp"
#include "api/views/views.hpp"

namespace outpost::api {
namespace {

/// Everything but tenant and destination.
Parsed<ports::AttemptQuery> parse_query(const Query& parameters) {
    ports::AttemptQuery query;
    TRY(ListQuery list, parse_log_list(parameters, model::CursorKind::attempt));
    query.events = ids_of<EventId>(parameters, "event_id");
    query.destination_types = parameters.array("destination_type");
    query.topics = parameters.array("topic");
    query.status = parameters.find_filled("status");
    TRY(query.conditions, parse_attempt_conditions(parameters));
    query.time = list.time;
    query.page = std::move(list.page);
    return query;
}

manage::Includes includes_of(const Query& query) {
    return manage::parse_includes(query.array("include"));
}

}  // namespace

Task<http::ServerResponse> AttemptRoutes::list(Call call) {
    auto tenants = listed_tenants(call);
    if (!tenants) co_return std::move(tenants).error();
    auto query = parse_query(call.query);
    if (!query) co_return std::move(query).error();
    query->tenants = std::move(*tenants);
    query->destinations = ids_of<DestinationId>(call.query, "destination_id");
    co_return co_await list_response(std::move(*query), std::move(call));
}

Task<http::ServerResponse> AttemptRoutes::list_of_destination(Call call) {
    auto query = parse_query(call.query);
    if (!query) co_return std::move(query).error();
    query->tenants = {call.tenant()};
    query->destinations = {call.destination().id};
    co_return co_await list_response(std::move(*query), std::move(call));
}

Task<http::ServerResponse> AttemptRoutes::list_response(ports::AttemptQuery query, Call call) {
    const model::PageRequest page = query.page;
    const manage::Includes includes = includes_of(call.query);
    const auto found = co_await inspect_.attempts(std::move(query), includes, call.deadline);
    if (!found) co_return refusal_response(found.error());
    const AttemptDetail detail{includes, catalog_, clock_.now()};
    std::string body;
    JsonWriter out(body);
    out.begin_object();
    out.key("models");
    out.begin_array();
    for (const manage::InspectedAttempt& attempt : found->attempts) write_attempt(out, attempt, detail);
    out.end_array();
    write_pagination(out, {"time", model::CursorKind::attempt, page, found->links, found->count});
    out.end_object();
    co_return json_response(200, std::move(body));
}

Task<http::ServerResponse> AttemptRoutes::get(Call call) {
    const auto attempt = co_await inspect_.attempt(single_scope(call), AttemptId(call.parameters.get("attempt_id")),
                                                   includes_of(call.query), call.deadline);
    if (!attempt) co_return refusal_response(attempt.error());
    co_return shown(*attempt, call.query);
}

Task<http::ServerResponse> AttemptRoutes::get_of_destination(Call call) {
    const auto attempt = co_await inspect_.attempt(call.tenant(), AttemptId(call.parameters.get("attempt_id")),
                                                   includes_of(call.query), call.deadline);
    if (!attempt) co_return refusal_response(attempt.error());
    if (attempt->record.destination_id != call.destination().id) co_return error_response(404, "attempt not found");
    co_return shown(*attempt, call.query);
}

http::ServerResponse AttemptRoutes::shown(const manage::InspectedAttempt& attempt, const Query& query) const {
    std::string body;
    JsonWriter out(body);
    write_attempt(out, attempt, {includes_of(query), catalog_, clock_.now()});
    return json_response(200, std::move(body));
}

}  // namespace outpost::api
