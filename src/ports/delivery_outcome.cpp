#include "ports/delivery_outcome.hpp"

namespace outpost::ports {
namespace {

bool is_final_decision(OutcomeState state) {
    return state == OutcomeState::skipped || state == OutcomeState::cancelled || state == OutcomeState::parked;
}

}  // namespace

std::string_view to_string(OutcomeState state) {
    switch (state) {
        case OutcomeState::delivered: return "delivered";
        case OutcomeState::retrying: return "retrying";
        case OutcomeState::failed: return "failed";
        case OutcomeState::skipped: return "skipped";
        case OutcomeState::cancelled: return "cancelled";
        case OutcomeState::parked: return "parked";
    }
    return "failed";
}

void OutcomeFold::attempted(const model::Attempt& attempt, bool open) {
    const bool success = attempt.status == model::AttemptStatus::success;
    // It was in flight while somebody cancelled: that it failed is no news, that it arrived is.
    if (!open && !success && told_ && is_final_decision(told_->state)) return;
    const OutcomeState closed = success ? OutcomeState::delivered : OutcomeState::failed;
    told_ = Told{open ? OutcomeState::retrying : closed, attempt.code, attempt.time};
}

void OutcomeFold::decided(const Decision& decision, std::uint32_t attempts_before) {
    OutcomeState state = OutcomeState::retrying;
    switch (decision.kind) {
        case DecisionKind::skipped: state = OutcomeState::skipped; break;
        case DecisionKind::cancelled: state = OutcomeState::cancelled; break;
        case DecisionKind::parked: state = OutcomeState::parked; break;
        case DecisionKind::redeliver: break;
        case DecisionKind::carried:
            if (!told_ && attempts_before > 0) told_ = Told{state, "", decision.time};
            return;
    }
    told_ = Told{state, decision.reason, decision.time};
}

std::optional<DeliveryOutcome> OutcomeFold::outcome(DestinationId destination) const {
    if (!told_) return std::nullopt;
    return DeliveryOutcome{std::move(destination), told_->state, told_->reason, told_->time};
}

}  // namespace outpost::ports
