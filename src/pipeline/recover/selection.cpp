#include "pipeline/recover/selection.hpp"

namespace outpost::pipeline {
namespace {

using ports::OutcomeState;

bool is_failure(OutcomeState state) {
    return state == OutcomeState::failed || state == OutcomeState::parked;
}

bool is_open_or_delivered(OutcomeState state) {
    return state == OutcomeState::retrying || state == OutcomeState::delivered;
}

Wanted is_failed_wanted(const RecoverRequest& request, const DeliveryFacts& facts) {
    if (!facts.newest || is_open_or_delivered(facts.newest->state)) return Wanted::no;
    // What happened after the request was made is the business of whoever made it happen, this task included.
    if (facts.newest->time >= request.until) return Wanted::no;
    // Of all its attempts in the range, the last one stands for the delivery.
    const bool is_last = facts.newest->state != OutcomeState::failed || facts.newest->time == facts.attempted;
    if (!is_last) return Wanted::no;
    if (request.mode == RecoverMode::failed && !is_failure(facts.newest->state)) return Wanted::no;
    return Wanted::yes;
}

Wanted is_missing_wanted(const DeliveryFacts& facts) {
    if (!facts.newest) return facts.accepted ? Wanted::no : Wanted::yes;  // accepted: it waits for its first attempt
    return facts.newest->state == OutcomeState::skipped ? Wanted::yes : Wanted::no;
}

Wanted is_listed_wanted(const RecoverRequest& request, const DeliveryFacts& facts) {
    if (!facts.newest) return facts.accepted ? Wanted::yes : Wanted::lost;
    const bool arrived = facts.newest->state == OutcomeState::delivered && facts.newest->time > request.since;
    return arrived ? Wanted::late : Wanted::yes;
}

std::size_t running_of(const TenantId& tenant, std::span<const ports::TaskRecord> running) {
    return static_cast<std::size_t>(std::ranges::count(running, tenant, &ports::TaskRecord::tenant_id));
}

}  // namespace

Wanted is_wanted(const RecoverRequest& request, const DeliveryFacts& facts) {
    switch (request.mode) {
        case RecoverMode::failed:
        case RecoverMode::never_succeeded: return is_failed_wanted(request, facts);
        case RecoverMode::missing: return is_missing_wanted(facts);
        case RecoverMode::listed: return is_listed_wanted(request, facts);
    }
    return Wanted::no;
}

std::optional<ports::DeliveryOutcome> outcome_for(const DestinationId& destination,
                                                  std::span<const ports::DeliveryOutcome> outcomes) {
    std::optional<ports::DeliveryOutcome> counts;
    for (const ports::DeliveryOutcome& outcome : outcomes) {
        if (outcome.destination_id != destination) continue;
        if (outcome.state == OutcomeState::delivered) return outcome;
        if (!counts || outcome.time > counts->time) counts = outcome;
    }
    return counts;
}

const ports::TaskRecord* next_task(std::span<const ports::TaskRecord> unfinished,
                                   std::span<const ports::TaskRecord> running) {
    const ports::TaskRecord* next = nullptr;
    std::pair<bool, std::size_t> best;  // queued, running of the tenant: less is better
    for (const ports::TaskRecord& task : unfinished) {
        if (std::ranges::find(running, task.id, &ports::TaskRecord::id) != running.end()) continue;
        const std::pair rank(task.state == ports::TaskState::queued, running_of(task.tenant_id, running));
        if (next != nullptr && rank >= best) continue;
        next = &task;
        best = rank;
    }
    return next;
}

}  // namespace outpost::pipeline
