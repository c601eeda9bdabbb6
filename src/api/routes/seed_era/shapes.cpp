#include "api/routes/seed_era/shapes.hpp"

#include "api/views/views.hpp"

namespace outpost::api::seed_era {
namespace {

Status status_of(const model::Attempt& attempt) {
    return attempt.status == model::AttemptStatus::success ? Status::success : Status::failed;
}

}  // namespace

std::string_view to_string(Status status) {
    switch (status) {
        case Status::pending: return "pending";
        case Status::failed: return "failed";
        case Status::success: return "success";
    }
    return "pending";
}

Status status_at(const std::vector<ports::AttemptRecord>& attempts, const EventId& event,
                 const DestinationId& destination) {
    for (const ports::AttemptRecord& record : attempts) {
        if (record.event_id == event && record.destination_id == destination) return status_of(record.attempt);
    }
    return Status::pending;
}

Status overall_status(const std::vector<ports::AttemptRecord>& attempts) {
    Status status = Status::pending;
    for (const ports::AttemptRecord& record : attempts) status = std::max(status, status_of(record.attempt));
    return status;
}

void write_event(JsonWriter& out, const model::Event& event, const DestinationId& destination, Status status) {
    out.begin_object();
    out.member("id", event.id.value);
    out.member("tenant_id", event.tenant_id.value);
    out.member("destination_id", destination.value);
    out.member("topic", event.topic);
    out.member("eligible_for_retry", event.eligible_for_retry);
    out.member("time", event.time);
    out.key("metadata");
    if (event.metadata.empty()) out.null();
    else write_string_map(out, event.metadata);
    out.raw_member("data", event.data.view());
    out.member("status", to_string(status));
    out.end_object();
}

void write_delivery(JsonWriter& out, const model::Attempt& attempt) {
    out.begin_object();
    out.member("id", attempt.id.value);
    out.member("delivered_at", to_rfc3339_seconds(attempt.time));
    out.member("status", model::to_string(attempt.status));
    out.member("code", attempt.code);
    out.raw_member("response_data", attempt.response_data.empty() ? "null" : attempt.response_data);
    out.end_object();
}

}  // namespace outpost::api::seed_era
