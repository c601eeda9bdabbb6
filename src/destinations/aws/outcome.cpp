#include "destinations/aws/outcome.hpp"

#include "base/json_writer.hpp"

namespace outpost::aws {
namespace {

bool is_out_of_reach(net::FailureKind kind) {
    return kind == net::FailureKind::timeout || kind == net::FailureKind::connection_refused ||
           kind == net::FailureKind::network_unreachable || kind == net::FailureKind::dns_error;
}

}  // namespace

model::Outcome success(std::string response_data) {
    return {.status = model::AttemptStatus::success, .code = "OK", .response_data = std::move(response_data)};
}

model::Outcome failure(std::string_view text) {
    model::Outcome outcome{.code = "ERR"};
    JsonWriter writer(outcome.response_data);
    writer.begin_object();
    writer.member("error", text);
    writer.end_object();
    return outcome;
}

model::Outcome formatting_failure() {
    return failure("could not format event for delivery");
}

Result<model::Outcome> outcome_of(const CallFailure& call) {
    if (call.service) return failure(call.text);
    if (call.transport == net::FailureKind::blocked_address) return model::Outcome{.code = "blocked_address"};
    if (net::is_ours(call.transport)) {
        const bool stopped = call.transport == net::FailureKind::cancelled;
        return fail(stopped ? Errc::cancelled : Errc::unavailable, call.text);
    }
    model::Outcome outcome = failure(call.text);
    outcome.unreachable = is_out_of_reach(call.transport);
    return outcome;
}

}  // namespace outpost::aws
