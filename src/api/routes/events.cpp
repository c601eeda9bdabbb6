#include "api/routes/events.hpp"

#include "api/envelope/envelope.hpp"
#include "api/query/log_filters.hpp"
#include "api/routes/scope.hpp"
#include "api/views/views.hpp"

namespace outpost::api {
namespace {

Parsed<ports::EventQuery> parse_query(const Call& call) {
    ports::EventQuery query;
    TRY(query.tenants, listed_tenants(call));
    TRY(ListQuery list, parse_log_list(call.query, model::CursorKind::event));
    query.ids = ids_of<EventId>(call.query, "id");
    query.destinations = ids_of<DestinationId>(call.query, "destination_id");
    query.topics = call.query.array("topic");
    TRY(EventFilters filters, parse_event_filters(call.query));
    query.conditions = std::move(filters.conditions);
    query.outcomes = std::move(filters.outcomes);
    query.with_count = manage::parse_includes(call.query.array("include")).count;
    query.time = list.time;
    query.page = std::move(list.page);
    return query;
}

void write_record(JsonWriter& out, const ports::EventRecord& record, const Outcomes* outcomes = nullptr) {
    write_event(out, *record.event, record.matched_destination_ids, EventDetail::whole, outcomes);
}

}  // namespace

Task<http::ServerResponse> EventRoutes::list(Call call) {
    auto query = parse_query(call);
    if (!query) co_return std::move(query).error();
    const auto page = co_await inspect_.events(*query, call.deadline);
    if (!page) co_return refusal_response(page.error());
    std::string body;
    JsonWriter out(body);
    out.begin_object();
    out.key("models");
    out.begin_array();
    for (const ports::EventRecord& record : page->events) write_record(out, record);
    out.end_array();
    write_pagination(out, {"time", model::CursorKind::event, query->page, page->links, page->count});
    out.end_object();
    co_return json_response(200, std::move(body));
}

Task<http::ServerResponse> EventRoutes::get(Call call) {
    const auto record =
        co_await inspect_.event(single_scope(call), EventId(call.parameters.get("event_id")), call.deadline);
    if (!record) co_return refusal_response(record.error());
    std::optional<Outcomes> outcomes;
    if (manage::parse_includes(call.query.array("include")).outcome) {
        auto found = co_await inspect_.outcomes(*record, call.deadline);
        if (!found) co_return refusal_response(found.error());
        outcomes = std::move(*found);
    }
    std::string body;
    JsonWriter out(body);
    write_record(out, *record, outcomes ? &*outcomes : nullptr);
    co_return json_response(200, std::move(body));
}

}  // namespace outpost::api
