#include "manage/operator_events/envelope.hpp"

#include "base/crypto.hpp"
#include "base/json_writer.hpp"

namespace outpost::manage {
namespace {

void write_texts(JsonWriter& out, std::string_view name, const std::vector<std::string>& texts) {
    out.key(name);
    out.begin_array();
    for (const std::string& text : texts) out.value(text);
    out.end_array();
}

void write_map(JsonWriter& out, std::string_view name, const model::StringMap& map) {
    out.key(name);
    out.begin_object();
    for (const auto& [key, value] : map) out.member(key, value);
    out.end_object();
}

/// Event, as pipeline.md §3.1 has it for one that was read back.
void write_event(JsonWriter& out, const ports::OperatorNotice& notice) {
    const model::Event& event = *notice.attempt->event;
    out.key("event");
    out.begin_object();
    out.member("id", event.id.value);
    out.member("tenant_id", event.tenant_id.value);
    out.member("destination_id", notice.attempt->destination_id.value);
    std::vector<std::string> matched;
    for (const DestinationId& id : notice.matched) matched.push_back(id.value);
    write_texts(out, "matched_destination_ids", matched);
    out.member("topic", event.topic);
    out.member("eligible_for_retry", event.eligible_for_retry);
    out.member("time", event.time);
    write_map(out, "metadata", event.metadata);
    out.raw_member("data", event.data.view());
    out.end_object();
}

/// Attempt (pipeline.md §3.4).
void write_attempt(JsonWriter& out, const ports::AttemptRecord& record) {
    const model::Attempt& attempt = record.attempt;
    out.key("attempt");
    out.begin_object();
    out.member("id", attempt.id.value);
    out.member("tenant_id", record.tenant_id.value);
    out.member("event_id", record.event_id.value);
    out.member("destination_id", record.destination_id.value);
    out.member("destination_type", attempt.destination_type);
    out.member("attempt_number", attempt.number);
    out.member("manual", attempt.manual);
    out.member("status", model::to_string(attempt.status));
    out.member("time", attempt.time);
    out.member("code", attempt.code);
    out.raw_member("response_data",
                   attempt.response_data.empty() ? std::string_view("null") : std::string_view(attempt.response_data));
    out.end_object();
}

void write_destination(JsonWriter& out, const model::Destination& stored, const Catalog& catalog) {
    const model::Destination shown = show(catalog, stored, stored.created_at).destination;
    out.key("destination");
    out.begin_object();
    out.member("id", shown.id.value);
    out.member("tenant_id", shown.tenant_id.value);
    out.member("type", shown.type);
    write_texts(out, "topics", shown.topics);
    write_map(out, "config", shown.config);
    out.member("created_at", shown.created_at);
    out.key("disabled_at");
    if (shown.disabled_at) out.value(*shown.disabled_at);
    else out.null();
    out.end_object();
}

void write_data(JsonWriter& out, const ports::OperatorNotice& notice, const Catalog& catalog) {
    out.begin_object();
    out.member("tenant_id", notice.tenant_id.value);
    if (notice.topic == ports::kTopicDisabled) {
        write_destination(out, *notice.destination, catalog);
        out.member("disabled_at", notice.destination->disabled_at.value_or(notice.time));
        out.member("reason", notice.detail);
        write_event(out, notice);
        write_attempt(out, *notice.attempt);
    } else {
        write_event(out, notice);
        write_attempt(out, *notice.attempt);
        write_destination(out, *notice.destination, catalog);
        if (notice.topic == ports::kTopicConsecutiveFailure) out.raw_member("consecutive_failures", notice.detail);
    }
    out.end_object();
}

}  // namespace

std::string operator_event_id(std::string_view topic, std::string_view source) {
    std::string bytes = sha256(fmt::format("{}\n{}", topic, source)).substr(0, 16);
    const auto set = [&](std::size_t at, unsigned keep, unsigned bits) {
        bytes[at] = static_cast<char>((static_cast<unsigned char>(bytes[at]) & keep) | bits);
    };
    set(6, 0x0F, 0x80);  // RFC 9562: version 8, a variant of ours
    set(8, 0x3F, 0x80);
    std::string id;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) id += '-';
        id += fmt::format("{:02x}", static_cast<unsigned char>(bytes[i]));
    }
    return id;
}

std::string operator_envelope(const ports::OperatorNotice& notice, const Catalog& catalog,
                              std::string_view deployment_id) {
    std::string body;
    JsonWriter out(body);
    out.begin_object();
    out.member("id", operator_event_id(notice.topic, notice.source));
    out.member("topic", notice.topic);
    out.member("time", notice.time);
    if (!deployment_id.empty()) out.member("deployment_id", deployment_id);
    if (!notice.tenant_id.empty()) out.member("tenant_id", notice.tenant_id.value);
    out.key("data");
    if (notice.attempt) write_data(out, notice, catalog);
    else out.raw(notice.detail);
    out.end_object();
    return body;
}

}  // namespace outpost::manage
