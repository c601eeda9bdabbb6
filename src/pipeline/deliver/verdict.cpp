#include "pipeline/deliver/verdict.hpp"

namespace outpost::pipeline {

ports::Settlement settle(const Finished& finished, const model::RetryPolicy& policy, double random) {
    const model::Delivery& delivery = finished.delivery;
    ports::Settlement settlement{.key = delivery.key, .event = delivery.event};
    settlement.attempt = {
        .id = finished.attempt_id,
        .number = delivery.attempts_settled + 1,
        .manual = delivery.manual,
        .status = finished.outcome.status,
        .time = finished.ended,
        .duration = finished.duration,
        .code = finished.outcome.code,
        .response_data = finished.outcome.response_data,
        .destination_type = finished.destination_type,
        .trace = finished.outcome.trace,
    };
    if (finished.requests.retry_after) {
        settlement.next_due = finished.ended;
        settlement.next_manual = true;
    } else if (!finished.requests.cancelled) {
        settlement.next_due = model::next_attempt(policy, finished.outcome, settlement.attempt.number,
                                                  delivery.event->eligible_for_retry, finished.ended, random);
    }
    return settlement;
}

model::TraceWish trace_wish(model::TraceWish configured, bool manual) {
    return configured == model::TraceWish::failed && manual ? model::TraceWish::all : configured;
}

SendSign sign_of(const model::Outcome& outcome) {
    if (outcome.status == model::AttemptStatus::success) return SendSign::answered;
    if (outcome.unreachable) return SendSign::unreachable;
    constexpr std::array<std::string_view, 4> unreachable = {"timeout", "connection_refused", "network_unreachable",
                                                             "dns_error"};
    return std::ranges::find(unreachable, outcome.code) != unreachable.end() ? SendSign::unreachable
                                                                             : SendSign::answered;
}

Milliseconds own_backoff(std::uint32_t failures) {
    constexpr std::uint32_t doublings_max = 6;
    return std::min<Milliseconds>(std::chrono::seconds(1) * (1 << std::min(failures, doublings_max)),
                                  std::chrono::seconds(60));
}

}  // namespace outpost::pipeline
