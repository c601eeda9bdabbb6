#include "ports/fakes/memory_ledger.hpp"

#include "ports/fakes/hop.hpp"

namespace outpost::ports::fakes {

MemoryLedger::MemoryLedger(MemoryTruth& truth, Clock& clock, const Shards& shards, Milliseconds window)
    : truth_(truth),
      clock_(clock),
      window_(window),
      offering_(shards),
      alarm_(clock, shards.executor(0), "memory_ledger", [this] { offer_due(); }) {
    for (const auto& [key, open] : truth_.open) offer_at(key, open.due);
}

Task<Result<std::vector<Accepted>>> MemoryLedger::accept(std::vector<Acceptance> batch, Deadline deadline) {
    ASSERT(!batch.empty() && batch.size() <= kAcceptBatchMax);
    if (deadline.passed(clock_)) co_return fail(Errc::timeout, "the deadline passed");
    co_await hop();
    if (truth_.is_full()) co_return fail(Errc::unavailable, "memory ledger: kMemoryRowsMax reached");
    std::vector<Accepted> results;
    results.reserve(batch.size());
    for (Acceptance& acceptance : batch) results.push_back(accept_one(std::move(acceptance)));
    co_return results;
}

Accepted MemoryLedger::accept_one(Acceptance acceptance) {
    if (auto original = original_of(acceptance)) return *std::move(original);
    const model::EventRef ref = truth_.next_ref();
    for (const model::DestinationKey& destination : acceptance.destinations) {
        const model::DeliveryKey key{ref, destination};
        truth_.open[key] = {.event = acceptance.event, .due = clock_.now()};
        offer_at(key, clock_.now());
    }
    Accepted result{.event = ref, .destinations = acceptance.destinations};
    truth_.add_event(ref, {.event = std::move(acceptance.event),
                           .tenant = acceptance.tenant,
                           .destinations = std::move(acceptance.destinations),
                           .accepted = clock_.now()});
    return result;
}

std::optional<Accepted> MemoryLedger::original_of(const Acceptance& acceptance) const {
    if (!acceptance.client_chose_id) return std::nullopt;
    const auto ref = truth_.newest(acceptance.tenant, acceptance.event->id);
    if (!ref) return std::nullopt;
    const MemoryEvent* original = truth_.find_event(*ref);
    if (clock_.now() - original->accepted >= window_) return std::nullopt;
    return Accepted{.event = *ref, .duplicate = true, .destinations = original->destinations};
}

Task<Result<void>> MemoryLedger::settle(std::vector<Settlement> settlements, Deadline deadline) {
    ASSERT(!settlements.empty() && settlements.size() <= kSettleBatchMax);
    if (deadline.passed(clock_)) co_return fail(Errc::timeout, "the deadline passed");
    co_await hop();
    if (truth_.is_full()) co_return fail(Errc::unavailable, "memory ledger: kMemoryRowsMax reached");
    for (const Settlement& settlement : settlements) settle_one(settlement);
    co_return Result<void>{};
}

void MemoryLedger::settle_one(const Settlement& settlement) {
    ASSERT(settlement.event != nullptr);
    const auto open = truth_.open.find(settlement.key);
    const bool goes_on = open != truth_.open.end() && settlement.next_due.has_value();
    if (!truth_.add_attempt(
            {.key = settlement.key, .attempt = settlement.attempt, .next_due = settlement.next_due, .open = goes_on}))
        return;
    if (open == truth_.open.end()) return;  // a decision closed it while the attempt ran: no further one
    offering_.withdraw(settlement.key);
    stop_waiting(settlement.key);
    if (!settlement.next_due) {
        truth_.open.erase(open);
        return;
    }
    open->second.attempts = truth_.attempts_of(settlement.key);
    open->second.due = *settlement.next_due;
    open->second.manual = settlement.next_manual;
    offer_at(settlement.key, *settlement.next_due);
}

Task<Result<void>> MemoryLedger::decide(std::vector<Decision> decisions, Deadline deadline) {
    if (deadline.passed(clock_)) co_return fail(Errc::timeout, "the deadline passed");
    co_await hop();
    for (const Decision& decision : decisions)
        if (decision.kind == DecisionKind::redeliver && !truth_.find_event(decision.key.event))
            co_return fail(Errc::not_found, "no such event");
    for (Decision& decision : decisions) {
        if (decision.kind == DecisionKind::redeliver || truth_.open.contains(decision.key))
            truth_.add_outcome(decision);
        if (decision.kind == DecisionKind::redeliver) redeliver(decision.key);
        else close(decision.key);
        truth_.decisions.push_back(std::move(decision));
    }
    co_return Result<void>{};
}

void MemoryLedger::redeliver(const model::DeliveryKey& key) {
    const auto [entry, was_closed] = truth_.open.try_emplace(key);
    MemoryOpen& open = entry->second;
    if (was_closed) open = {.event = truth_.find_event(key.event)->event, .attempts = truth_.attempts_of(key)};
    open.due = clock_.now();
    open.manual = true;
    offering_.mark_manual(key);
    if (offering_.has(key)) return;
    stop_waiting(key);
    offer_at(key, open.due);
}

void MemoryLedger::close(const model::DeliveryKey& key) {
    truth_.open.erase(key);
    offering_.withdraw(key);
    stop_waiting(key);
}

void MemoryLedger::postpone(model::Delivery delivery, TimePoint until) {
    const auto open = truth_.open.find(delivery.key);
    if (open == truth_.open.end() || !offering_.holds(delivery.key)) return;
    if (delivery.manual) open->second.manual = true;
    offering_.withdraw(delivery.key);
    offer_at(delivery.key, until);
}

void MemoryLedger::offer_at(const model::DeliveryKey& key, TimePoint due) {
    if (due > clock_.now()) {
        const MonotonicTime at = when(clock_, due);
        waiting_.emplace(at, key);
        alarm_.set(at);
        return;
    }
    const MemoryOpen& open = truth_.open.at(key);
    offering_.push({.key = key, .event = open.event, .attempts_settled = open.attempts, .manual = open.manual});
}

void MemoryLedger::stop_waiting(const model::DeliveryKey& key) {
    std::erase_if(waiting_, [&](const auto& entry) { return entry.second == key; });
}

void MemoryLedger::offer_due() {
    while (!waiting_.empty() && waiting_.begin()->first <= clock_.monotonic()) {
        const model::DeliveryKey key = waiting_.begin()->second;
        waiting_.erase(waiting_.begin());
        const MemoryOpen& open = truth_.open.at(key);
        offering_.push({.key = key, .event = open.event, .attempts_settled = open.attempts, .manual = open.manual});
    }
    if (!waiting_.empty()) alarm_.set(waiting_.begin()->first);
}

}  // namespace outpost::ports::fakes
