#include "api/routes/filters.hpp"

#include "api/envelope/envelope.hpp"
#include "api/routes/strict_strings.hpp"
#include "base/json_writer.hpp"
#include "manage/input/raw_object.hpp"

#include <charconv>

namespace outpost::api {
namespace {

/// The body, with one of event and newest.
struct FilterTest {
    std::string filter;
    model::EventPtr event;
    manage::NewestEvents newest;
};

std::unexpected<manage::Refusal> refuse_member(std::string_view name, std::string_view rule) {
    return manage::refuse_fields({manage::problem_line(name, rule)});
}

manage::Granted<model::EventPtr> parse_event(std::string_view raw, TimePoint now) {
    if (manage::kind_of(raw) != JsonKind::object) return manage::refuse_json();
    const auto object = manage::RawObject::parse(raw);
    if (!object) return manage::refuse_json();
    const auto id = object->find_string("id");
    const auto topic = object->find_string("topic");
    const auto time = object->find_string("time");
    if (!id || !topic || !time) return manage::refuse_json();
    auto event = std::make_shared<model::Event>();
    event->id = EventId(id->value_or(""));
    event->topic = topic->value_or("");
    event->time = now;
    if (*time) {
        const auto parsed = parse_rfc3339(**time);
        if (!parsed) return manage::refuse_fields({"event.time is invalid: " + parsed.error().text()});
        event->time = *parsed;
    }
    if (const auto metadata = object->find_present("metadata")) {
        auto strings = parse_strict_strings(*metadata);
        if (!strings) return manage::refuse_json();
        event->metadata = std::move(*strings);
    }
    const std::string_view data = object->find_present("data").value_or("{}");
    if (manage::kind_of(data) != JsonKind::object) {
        return manage::refuse(manage::RefusalKind::invalid, "event.data must be a valid JSON object");
    }
    event->data = Bytes(std::string(data));
    return event;
}

manage::Granted<std::size_t> parse_last(const manage::RawObject& object) {
    const auto raw = object.find_present("last");
    if (!raw) return manage::kFilterTestEventsDefault;
    std::size_t last = 0;
    const auto [end, error] = std::from_chars(raw->data(), raw->data() + raw->size(), last);
    const bool whole = error == std::errc() && end == raw->data() + raw->size();
    if (whole && last >= 1 && last <= manage::kFilterTestEventsMax) return last;
    return manage::refuse_fields({fmt::format("last must be between 1 and {}", manage::kFilterTestEventsMax)});
}

/// @param own  the tenant of a token
manage::Granted<TenantId> tenant_of(const manage::RawObject& object, const std::optional<TenantId>& own) {
    const auto named = object.find_string("tenant_id");
    if (!named) return manage::refuse_json();
    if (!own && (!*named || (*named)->empty())) return refuse_member("tenant_id", "required");
    if (!own) return TenantId(**named);
    if (*named && **named != own->value) {
        return manage::refuse(manage::RefusalKind::denied, "tenant_id does not match authenticated tenant");
    }
    return *own;
}

manage::Granted<FilterTest> parse(std::string_view body, const std::optional<TenantId>& own, TimePoint now) {
    const auto object = manage::RawObject::parse(body);
    if (!object) return manage::refuse_json();
    FilterTest test;
    const auto filter = object->find_present("filter");
    if (!filter) return refuse_member("filter", "required");
    test.filter = *filter;
    const auto event = object->find_present("event");
    const auto destination = object->find_string("destination_id");
    if (!destination) return manage::refuse_json();
    const bool has_destination = *destination && !(*destination)->empty();
    if (event && has_destination) return refuse_member("event", "forbidden");
    if (!event && !has_destination) return refuse_member("event", "required");
    // Whatever is asked for: nobody names another tenant than its own (api.md §2.3).
    if (has_destination || own) {
        TRY(test.newest.tenant, tenant_of(*object, own));
    }
    if (event) {
        TRY(test.event, parse_event(*event, now));
        return test;
    }
    test.newest.destination = DestinationId(**destination);
    TRY(test.newest.count, parse_last(*object));
    return test;
}

}  // namespace

Task<http::ServerResponse> FilterRoutes::test(Call call) {
    auto test = parse(call.request.body.view(), call.caller.scope(), clock_.now());
    if (!test) co_return refusal_response(test.error());
    if (test->event != nullptr) co_return co_await on_event(std::move(test->filter), std::move(test->event));
    co_return co_await on_newest(std::move(test->filter), std::move(test->newest), call.deadline);
}

Task<http::ServerResponse> FilterRoutes::on_event(std::string filter, model::EventPtr event) {
    const auto verdict = co_await tests_.explain(std::move(filter), std::move(event));
    if (!verdict) co_return refusal_response(verdict.error());
    std::string body;
    JsonWriter out(body);
    out.begin_object();
    out.member("matches", verdict->matches);
    out.key("clauses");
    out.begin_array();
    for (const auto& clause : verdict->clauses) {
        out.begin_object();
        out.member("path", clause.path);
        out.member("operator", clause.op);
        out.member("matched", clause.matched);
        out.end_object();
    }
    out.end_array();
    out.end_object();
    co_return json_response(200, std::move(body));
}

Task<http::ServerResponse> FilterRoutes::on_newest(std::string filter, manage::NewestEvents which, Deadline deadline) {
    const auto matches = co_await tests_.newest(std::move(filter), std::move(which), deadline);
    if (!matches) co_return refusal_response(matches.error());
    std::string body;
    JsonWriter out(body);
    out.begin_object();
    out.key("results");
    out.begin_array();
    for (const manage::EventMatch& match : *matches) {
        out.begin_object();
        out.member("event_id", match.event_id.value);
        out.member("topic", match.topic);
        out.member("time", match.time);
        out.member("matches", match.matches);
        out.end_object();
    }
    out.end_array();
    out.end_object();
    co_return json_response(200, std::move(body));
}

}  // namespace outpost::api
