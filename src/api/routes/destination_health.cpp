#include "api/routes/destination_health.hpp"

#include "api/envelope/envelope.hpp"
#include "api/routes/scope.hpp"
#include "base/json_writer.hpp"

namespace outpost::api {
namespace {

void write_time(JsonWriter& out, std::string_view name, const std::optional<TimePoint>& time) {
    out.key(name);
    if (time) out.value(*time);
    else out.null();
}

/// Everything is always there: null is what is not known.
void write_status(JsonWriter& out, const pipeline::DestinationStatus& status) {
    const pipeline::Watched& watched = status.watched;
    out.begin_object();
    out.member("destination_id", status.id.value);
    out.member("state", pipeline::to_string(status.state));
    out.member("consecutive_failures", status.backlog.consecutive_failures);
    out.member("consecutive_failures_limit", status.consecutive_failures_limit);
    write_time(out, "last_success_at", watched.last_success_at);
    write_time(out, "last_failure_at", watched.last_failure_at);
    out.key("last_failure_code");
    if (watched.last_failure_at) out.value(watched.last_failure_code);
    else out.null();
    out.member("pending_retries", status.backlog.pending_retries);
    write_time(out, "oldest_pending_at", status.backlog.oldest_received_at);
    write_time(out, "next_retry_at", status.backlog.next_retry_at);
    write_time(out, "waiting_since", status.waiting_since);
    out.end_object();
}

}  // namespace

Task<http::ServerResponse> DestinationHealthRoutes::list(Call call) {
    auto only = ids_of<DestinationId>(call.query, "destination_id");
    if (only.size() > pipeline::kHealthDestinationsMax) {
        co_return error_response(422, "validation error", "query.destination_id",
                                 fmt::format("must have at most {} values", pipeline::kHealthDestinationsMax));
    }
    const auto statuses = co_await health_.of_tenant(call.tenant(), std::move(only), call.deadline);
    if (!statuses) co_return refusal_response(manage::to_refusal(statuses.error(), "tenant not found"));
    std::string body;
    JsonWriter out(body);
    out.begin_array();
    for (const pipeline::DestinationStatus& status : *statuses) write_status(out, status);
    out.end_array();
    co_return json_response(200, std::move(body));
}

Task<http::ServerResponse> DestinationHealthRoutes::get(Call call) {
    const auto status = co_await health_.of(call.tenant(), call.destination().id, call.deadline);
    if (!status) co_return refusal_response(manage::to_refusal(status.error(), "destination not found"));
    std::string body;
    JsonWriter out(body);
    write_status(out, *status);
    co_return json_response(200, std::move(body));
}

}  // namespace outpost::api
