#include "api/views/views.hpp"

#include "manage/input/raw_object.hpp"
#include "model/error_class.hpp"

namespace outpost::api {
namespace {

void write_map_member(JsonWriter& out, std::string_view name, const model::StringMap& map) {
    out.key(name);
    write_string_map(out, map);
}

void write_filled_map_member(JsonWriter& out, std::string_view name, const model::StringMap& map) {
    if (!map.empty()) write_map_member(out, name, map);
}

void write_cursor(JsonWriter& out, std::string_view name, model::CursorKind kind,
                  const std::optional<model::Position>& position) {
    out.key(name);
    if (position) out.value(model::encode_cursor(kind, *position));
    else out.null();
}

void write_outcomes(JsonWriter& out, const Outcomes& outcomes) {
    out.begin_array();
    for (const ports::DeliveryOutcome& outcome : outcomes) {
        out.begin_object();
        out.member("destination_id", outcome.destination_id.value);
        out.member("state", to_string(outcome.state));
        out.member("reason", outcome.reason);
        out.member("time", outcome.time);
        out.end_object();
    }
    out.end_array();
}

/// The members of portal.md §15a N7.
void write_sending(JsonWriter& out, const ports::AttemptRecord& record, const manage::Includes& includes) {
    const model::Attempt& attempt = record.attempt;
    out.member("duration_ms", attempt.duration.count());
    out.member("error_class", to_string(model::error_class(attempt.status, attempt.code)));
    out.key("next_attempt_at");
    if (record.next_due) out.value(*record.next_due);
    else out.null();
    const std::string_view kept = attempt.trace.empty() ? std::string_view("{}") : std::string_view(attempt.trace);
    const auto trace = manage::RawObject::parse(kept);
    const auto write_part = [&](std::string_view name) {
        out.raw_member(name, trace ? trace->find(name).value_or("null") : "null");
    };
    if (includes.request) write_part("request");
    if (includes.timing) write_part("timing");
}

}  // namespace

void write_strings(JsonWriter& out, const std::vector<std::string>& values) {
    out.begin_array();
    for (const std::string& value : values) out.value(value);
    out.end_array();
}

void write_string_map(JsonWriter& out, const model::StringMap& map) {
    out.begin_object();
    for (const auto& [key, value] : map) out.member(key, value);
    out.end_object();
}

void write_tenant(JsonWriter& out, const ports::TenantRecord& record) {
    out.begin_object();
    out.member("id", record.tenant.id.value);
    out.member("destinations_count", record.destinations_count);
    out.key("topics");
    write_strings(out, record.topics);
    write_filled_map_member(out, "metadata", record.tenant.metadata);
    out.member("created_at", record.tenant.created_at);
    out.member("updated_at", record.tenant.updated_at);
    out.end_object();
}

void write_destination(JsonWriter& out, const manage::ShownDestination& shown) {
    const model::Destination& destination = shown.destination;
    out.begin_object();
    out.member("id", destination.id.value);
    out.member("tenant_id", destination.tenant_id.value);
    out.member("type", destination.type);
    out.key("topics");
    write_strings(out, destination.topics);
    if (!destination.filter.empty()) out.raw_member("filter", destination.filter);
    write_map_member(out, "config", destination.config);
    write_map_member(out, "credentials", destination.credentials);
    write_filled_map_member(out, "delivery_metadata", destination.delivery_metadata);
    write_filled_map_member(out, "metadata", destination.metadata);
    out.member("created_at", destination.created_at);
    out.member("updated_at", destination.updated_at);
    out.key("disabled_at");
    if (destination.disabled_at) out.value(*destination.disabled_at);
    else out.null();
    out.member("target", shown.target.text);
    if (!shown.target.url.empty()) out.member("target_url", shown.target.url);
    out.end_object();
}

void write_event(JsonWriter& out, const model::Event& event, const std::vector<DestinationId>& matched,
                 EventDetail detail, const Outcomes* outcomes) {
    out.begin_object();
    out.member("id", event.id.value);
    out.member("tenant_id", event.tenant_id.value);
    out.member("topic", event.topic);
    if (detail == EventDetail::whole) {
        out.key("matched_destination_ids");
        out.begin_array();
        for (const DestinationId& id : matched) out.value(id.value);
        out.end_array();
    }
    out.member("time", event.time);
    out.member("eligible_for_retry", event.eligible_for_retry);
    write_filled_map_member(out, "metadata", event.metadata);
    if (detail != EventDetail::in_attempt) out.raw_member("data", event.data.view());
    if (outcomes != nullptr) {
        out.key("outcomes");
        write_outcomes(out, *outcomes);
    }
    out.end_object();
}

void write_attempt(JsonWriter& out, const manage::InspectedAttempt& attempt, const AttemptDetail& detail) {
    const ports::AttemptRecord& record = attempt.record;
    out.begin_object();
    out.member("id", record.attempt.id.value);
    out.member("tenant_id", record.tenant_id.value);
    out.member("event_id", record.event_id.value);
    out.member("destination_id", record.destination_id.value);
    out.member("destination_type", record.attempt.destination_type);
    out.member("status", model::to_string(record.attempt.status));
    out.member("time", record.attempt.time);
    if (!record.attempt.code.empty()) out.member("code", record.attempt.code);
    out.member("attempt_number", record.attempt.number);
    out.member("manual", record.attempt.manual);
    if (detail.includes.response_data && !record.attempt.response_data.empty()) {
        out.raw_member("response_data", record.attempt.response_data);
    }
    if (detail.includes.request || detail.includes.timing) write_sending(out, record, detail.includes);
    if (detail.includes.event && record.event != nullptr) {
        out.key("event");
        write_event(out, *record.event, {},
                    detail.includes.event_data ? EventDetail::with_payload : EventDetail::in_attempt);
    }
    if (detail.includes.destination && attempt.destination != nullptr) {
        out.key("destination");
        write_destination(out, manage::show(detail.catalog, attempt.destination->destination, detail.now));
    }
    out.end_object();
}

void write_pagination(JsonWriter& out, const Pagination& pagination) {
    out.key("pagination");
    out.begin_object();
    out.member("order_by", pagination.order_by);
    out.member("dir", pagination.page.direction == model::Direction::ascending ? "asc" : "desc");
    out.member("limit", pagination.page.limit);
    write_cursor(out, "next", pagination.kind, pagination.links.next);
    write_cursor(out, "prev", pagination.kind, pagination.links.previous);
    if (pagination.count) {
        out.member("count", pagination.count->rows);
        out.member("count_exact", pagination.count->exact);
    }
    out.end_object();
}

}  // namespace outpost::api
