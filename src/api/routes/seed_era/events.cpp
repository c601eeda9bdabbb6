#include "api/routes/seed_era/events.hpp"

#include "api/envelope/envelope.hpp"
#include "api/routes/scope.hpp"
#include "api/routes/seed_era/shapes.hpp"

#include <charconv>

namespace outpost::api::seed_era {
namespace {

Parsed<std::optional<TimePoint>> parse_bound(const Query& parameters, std::string_view name) {
    const auto text = parameters.find_filled(name);
    if (!text) return std::optional<TimePoint>();
    const auto time = parse_time_bound(*text);
    if (time) return std::optional(*time);
    return std::unexpected(
        error_response(422, "validation error", fmt::format("query.{}", name), "invalid format, expected RFC3339"));
}

/// `0` meant "all"; here it is as many as one answer may have.
std::size_t parse_limit(const Query& parameters) {
    const std::string_view text = parameters.find("limit").value_or("");
    std::size_t limit = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (error != std::errc() || end != text.data() + text.size()) return 100;
    return limit == 0 ? kSeedEraRowsMax : std::min(limit, kSeedEraRowsMax);
}

Parsed<std::optional<model::Position>> parse_cursor(const Query& parameters, std::string_view name) {
    const auto text = parameters.find_filled(name);
    if (!text) return std::optional<model::Position>();
    auto position = model::decode_cursor(model::CursorKind::event, *text);
    if (!position) return std::unexpected(error_response(400, position.error().text()));
    return std::move(*position);
}

bool contains(const std::vector<DestinationId>& destinations, const DestinationId& id) {
    return std::ranges::find(destinations, id) != destinations.end();
}

bool wanted(const std::vector<DestinationId>& destinations, const DestinationId& id) {
    return destinations.empty() || contains(destinations, id);
}

std::string cursor_text(const std::optional<model::Position>& position) {
    return position ? model::encode_cursor(model::CursorKind::event, *position) : "";
}

http::ServerResponse list_response(const EventList& list, const ports::EventPage& page,
                                   const std::vector<ports::AttemptRecord>& attempts) {
    std::string body;
    JsonWriter out(body);
    std::size_t count = 0;
    out.begin_object();
    out.key("data");
    out.begin_array();
    for (const ports::EventRecord& record : page.events) {
        for (const DestinationId& id : record.matched_destination_ids) {
            const Status status = status_at(attempts, record.event->id, id);
            if (!wanted(list.query.destinations, id) || (list.status && *list.status != to_string(status))) continue;
            write_event(out, *record.event, id, status);
            ++count;
        }
    }
    out.end_array();
    out.member("next", cursor_text(page.links.next));
    out.member("prev", cursor_text(page.links.previous));
    out.member("count", count);
    out.end_object();
    return json_response(200, std::move(body));
}

}  // namespace

Parsed<EventList> parse_event_list(const Query& parameters, const TenantId& tenant, TimePoint now) {
    EventList list;
    TRY(const auto start, parse_bound(parameters, "start"));
    TRY(const auto end, parse_bound(parameters, "end"));
    list.query.tenants = {tenant};
    list.query.destinations = ids_of<DestinationId>(parameters, "destination_id");
    list.query.topics = parameters.array("topic");
    list.query.time.at_or_before = end.value_or(now);
    list.query.time.at_or_after = start.value_or(*list.query.time.at_or_before - kDefaultWindow);
    list.query.page.limit = parse_limit(parameters);
    TRY(list.query.page.after, parse_cursor(parameters, "next"));
    TRY(list.query.page.before, parse_cursor(parameters, "prev"));
    if (list.query.page.after && list.query.page.before) {
        return std::unexpected(error_response(400, "cannot specify both next and prev cursors"));
    }
    list.status = parameters.find_filled("status");
    return list;
}

Task<http::ServerResponse> EventRoutes::list(Call call) {
    auto list = parse_event_list(call.query, call.tenant(), clock_.now());
    if (!list) co_return std::move(list).error();
    if (call.parameters.has("destination_id")) list->query.destinations = {call.destination().id};
    const auto page = co_await inspect_.events(list->query, call.deadline);
    if (!page) co_return refusal_response(page.error());
    if (page->events.empty()) co_return list_response(*list, *page, {});
    std::vector<EventId> ids;
    for (const ports::EventRecord& record : page->events) ids.push_back(record.event->id);
    const auto attempts = co_await attempts_of(call.tenant(), std::move(ids), {}, call.deadline);
    if (!attempts) co_return refusal_response(attempts.error());
    co_return list_response(*list, *page, *attempts);
}

Task<http::ServerResponse> EventRoutes::get(Call call) {
    const EventId id(call.parameters.get("event_id"));
    const auto record = co_await inspect_.event(call.tenant(), id, call.deadline);
    if (!record) co_return refusal_response(record.error());
    const DestinationId destination = call.destination().id;
    if (!destination.empty() && !contains(record->matched_destination_ids, destination)) {
        co_return error_response(404, "event not found");
    }
    const auto attempts = co_await attempts_of(call.tenant(), std::vector{id}, {}, call.deadline);
    if (!attempts) co_return refusal_response(attempts.error());
    const Status status = destination.empty() ? overall_status(*attempts) : status_at(*attempts, id, destination);
    std::string body;
    JsonWriter out(body);
    write_event(out, *record->event, destination, status);
    co_return json_response(200, std::move(body));
}

Task<http::ServerResponse> EventRoutes::deliveries(Call call) {
    const EventId id(call.parameters.get("event_id"));
    const auto record = co_await inspect_.event(call.tenant(), id, call.deadline);
    if (!record) co_return refusal_response(record.error());
    const auto attempts = co_await attempts_of(call.tenant(), std::vector{id},
                                               ids_of<DestinationId>(call.query, "destination_id"), call.deadline);
    if (!attempts) co_return refusal_response(attempts.error());
    std::string body;
    JsonWriter out(body);
    out.begin_array();
    for (const ports::AttemptRecord& attempt : *attempts) write_delivery(out, attempt.attempt);
    out.end_array();
    co_return json_response(200, std::move(body));
}

Task<manage::Granted<std::vector<ports::AttemptRecord>>> EventRoutes::attempts_of(
    TenantId tenant, std::vector<EventId> events, std::vector<DestinationId> destinations, Deadline deadline) {
    ports::AttemptQuery query;
    query.tenants = {std::move(tenant)};
    query.events = std::move(events);
    query.destinations = std::move(destinations);
    query.page.limit = kSeedEraRowsMax;
    auto page = co_await inspect_.attempts(std::move(query), manage::Includes{}, deadline);
    if (!page) co_return std::unexpected(std::move(page).error());
    std::vector<ports::AttemptRecord> records;
    for (manage::InspectedAttempt& attempt : page->attempts) records.push_back(std::move(attempt.record));
    co_return records;
}

}  // namespace outpost::api::seed_era
