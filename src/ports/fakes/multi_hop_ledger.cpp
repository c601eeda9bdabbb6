#include "ports/fakes/multi_hop_ledger.hpp"

#include "ports/fakes/hop.hpp"

namespace outpost::ports::fakes {

MultiHopLedger::MultiHopLedger(MultiHopServices& services, Clock& clock, const Shards& shards, MultiHopOptions options)
    : services_(services),
      clock_(clock),
      options_(options),
      offering_(shards),
      deliveries_alarm_(clock, shards.executor(0), "multi_hop.deliveries", [this] { receive_deliveries(); }),
      retries_alarm_(clock, shards.executor(0), "multi_hop.retries", [this] { fire_retries(); }),
      log_alarm_(clock, shards.executor(0), "multi_hop.log", [this] { write_log(); }) {
    publish_outbox();  // what a process before this one stored and did not get to publish
}

Task<void> MultiHopLedger::stop() {
    co_await deliveries_alarm_.stop();
    co_await retries_alarm_.stop();
    co_await log_alarm_.stop();
}

Task<Result<std::vector<Accepted>>> MultiHopLedger::accept(std::vector<Acceptance> batch, Deadline deadline) {
    ASSERT(!batch.empty() && batch.size() <= kAcceptBatchMax);
    if (deadline.passed(clock_)) co_return fail(Errc::timeout, "the deadline passed");
    co_await hop();
    std::vector<Accepted> results;
    results.reserve(batch.size());
    for (Acceptance& acceptance : batch) results.push_back(accept_one(std::move(acceptance)));
    co_await hop();
    publish_outbox();
    co_return results;
}

Accepted MultiHopLedger::accept_one(Acceptance acceptance) {
    const auto id = std::make_pair(acceptance.tenant, acceptance.event->id);
    const auto claim = services_.claims.find(id);
    if (acceptance.client_chose_id && claim != services_.claims.end() && claim->second.until > clock_.now()) {
        Accepted original = claim->second.accepted;
        original.duplicate = true;
        return original;
    }
    const Accepted accepted{.event = {.segment = 1, .row = services_.next_row++},
                            .destinations = acceptance.destinations};
    if (acceptance.client_chose_id)
        services_.claims[id] = {.accepted = accepted, .until = clock_.now() + options_.window};
    for (const model::DestinationKey& destination : acceptance.destinations) {
        const DeliveryTrigger trigger{.key = {accepted.event, destination}, .generation = ++services_.last_generation};
        services_.records[trigger.key] = {.event = acceptance.event, .generation = trigger.generation};
        services_.outbox.emplace_back(trigger);
    }
    LogEvent row{.ref = accepted.event,
                 .event = {.event = std::move(acceptance.event),
                           .tenant = acceptance.tenant,
                           .destinations = std::move(acceptance.destinations),
                           .accepted = clock_.now()}};
    services_.outbox.emplace_back(LogEntry(std::move(row)));
    return accepted;
}

Task<Result<void>> MultiHopLedger::settle(std::vector<Settlement> settlements, Deadline deadline) {
    ASSERT(!settlements.empty() && settlements.size() <= kSettleBatchMax);
    if (deadline.passed(clock_)) co_return fail(Errc::timeout, "the deadline passed");
    co_await hop();
    std::vector<std::uint64_t> receipts;
    for (const Settlement& settlement : settlements)
        if (const auto receipt = settle_one(settlement)) receipts.push_back(*receipt);
    co_await hop();
    publish_outbox();
    co_await hop();
    for (const std::uint64_t receipt : receipts) services_.deliveries.acknowledge(receipt);  // last (style.md §5)
    co_return Result<void>{};
}

std::optional<std::uint64_t> MultiHopLedger::settle_one(const Settlement& settlement) {
    ASSERT(settlement.event != nullptr);
    if (!services_.settled.insert(settlement.attempt.id).second) return std::nullopt;
    const auto record = services_.records.find(settlement.key);
    const bool goes_on = record != services_.records.end() && settlement.next_due.has_value();
    services_.outbox.emplace_back(LogEntry(MemoryAttempt{
        .key = settlement.key, .attempt = settlement.attempt, .next_due = settlement.next_due, .open = goes_on}));
    if (record == services_.records.end()) return std::nullopt;  // closed by a decision: no further attempt
    if (settlement.next_due) {
        record->second.attempts += 1;
        record->second.manual = settlement.next_manual;
        record->second.generation = ++services_.last_generation;
        services_.retries.put({.key = settlement.key, .generation = record->second.generation},
                              when(clock_, *settlement.next_due));
    } else {
        services_.records.erase(record);
    }
    return let_go(settlement.key);
}

Task<Result<void>> MultiHopLedger::decide(std::vector<Decision> decisions, Deadline deadline) {
    if (deadline.passed(clock_)) co_return fail(Errc::timeout, "the deadline passed");
    co_await hop();
    // Whether a closed delivery's event exists, and its next number, only the log knows: wait until it has caught up.
    publish_outbox();
    write_log();
    for (const Decision& decision : decisions)
        if (decision.kind == DecisionKind::redeliver && !services_.log_store.find_event(decision.key.event))
            co_return fail(Errc::not_found, "no such event");
    std::vector<std::uint64_t> receipts;
    for (const Decision& decision : decisions) {
        if (decision.kind == DecisionKind::redeliver || services_.records.contains(decision.key)) {
            services_.outbox.emplace_back(LogEntry(LogDecision{++services_.last_decision, decision}));
        }
        if (decision.kind == DecisionKind::redeliver) redeliver(decision.key);
        else if (const auto receipt = close(decision.key)) receipts.push_back(*receipt);
    }
    co_await hop();
    publish_outbox();
    for (const std::uint64_t receipt : receipts) services_.deliveries.acknowledge(receipt);
    co_return Result<void>{};
}

void MultiHopLedger::redeliver(const model::DeliveryKey& key) {
    const auto [entry, was_closed] = services_.records.try_emplace(key);
    DeliveryRecord& record = entry->second;
    if (was_closed) {
        record.event = services_.log_store.find_event(key.event)->event;
        record.attempts = services_.log_store.attempts_of(key);
    }
    record.manual = true;
    offering_.mark_manual(key);
    if (offering_.has(key)) return;
    if (in_hand_.contains(key)) {  // postponed
        offer(key);
        return;
    }
    services_.retries.remove({.key = key, .generation = record.generation});
    record.generation = ++services_.last_generation;
    services_.outbox.emplace_back(DeliveryTrigger{.key = key, .generation = record.generation});
}

std::optional<std::uint64_t> MultiHopLedger::close(const model::DeliveryKey& key) {
    const auto record = services_.records.find(key);
    if (record == services_.records.end()) return std::nullopt;
    services_.retries.remove({.key = key, .generation = record->second.generation});
    services_.records.erase(record);
    return let_go(key);
}

std::optional<std::uint64_t> MultiHopLedger::let_go(const model::DeliveryKey& key) {
    offering_.withdraw(key);
    const auto mine = in_hand_.find(key);
    if (mine == in_hand_.end()) return std::nullopt;
    const std::uint64_t receipt = mine->second;
    in_hand_.erase(mine);
    return receipt;
}

void MultiHopLedger::postpone(model::Delivery delivery, TimePoint until) {
    const auto record = services_.records.find(delivery.key);
    const auto mine = in_hand_.find(delivery.key);
    if (record == services_.records.end() || mine == in_hand_.end() || !offering_.holds(delivery.key)) return;
    if (delivery.manual) record->second.manual = true;
    offering_.withdraw(delivery.key);
    services_.deliveries.hide(mine->second, when(clock_, until));  // received again then, and offered
    set_alarms();
}

void MultiHopLedger::publish_outbox() {
    while (!services_.outbox.empty()) {
        auto message = std::move(services_.outbox.front());
        services_.outbox.pop_front();
        if (auto* trigger = std::get_if<DeliveryTrigger>(&message)) services_.deliveries.publish(*trigger);
        else services_.log_queue.publish(std::get<LogEntry>(std::move(message)));
    }
    set_alarms();
}

void MultiHopLedger::receive_deliveries() {
    while (const auto received = services_.deliveries.receive()) meet(*received);
    set_alarms();
}

void MultiHopLedger::meet(const FakeQueue<DeliveryTrigger>::Received& received) {
    const DeliveryTrigger& trigger = received.message;
    const auto record = services_.records.find(trigger.key);
    if (record == services_.records.end() || record->second.generation != trigger.generation) {
        services_.deliveries.acknowledge(received.receipt);  // its fact is stored: an acknowledgement was lost
        return;
    }
    const auto mine = in_hand_.try_emplace(trigger.key, received.receipt).first;
    if (mine->second != received.receipt) {
        services_.deliveries.acknowledge(received.receipt);  // the schedule fired twice: one message is enough
        return;
    }
    if (!offering_.has(trigger.key)) offer(trigger.key);  // else: receiving it has extended its visibility timeout
}

void MultiHopLedger::fire_retries() {
    while (const auto entry = services_.retries.claim()) {
        services_.deliveries.publish({.key = entry->key, .generation = entry->generation});
        services_.retries.remove(*entry);  // after publishing: rather twice than never
    }
    set_alarms();
}

void MultiHopLedger::offer(const model::DeliveryKey& key) {
    const DeliveryRecord& record = services_.records.at(key);
    offering_.push({.key = key, .event = record.event, .attempts_settled = record.attempts, .manual = record.manual});
}

void MultiHopLedger::write_log() {
    while (const auto received = services_.log_queue.receive()) {
        if (const auto* event = std::get_if<LogEvent>(&received->message))
            services_.log_store.add_event(event->ref, event->event);
        else if (const auto* attempt = std::get_if<MemoryAttempt>(&received->message))
            services_.log_store.add_attempt(*attempt);
        else log_decision(std::get<LogDecision>(received->message));
        services_.log_queue.acknowledge(received->receipt);
    }
    set_alarms();
}

void MultiHopLedger::log_decision(const LogDecision& entry) {
    if (entry.number <= services_.last_logged_decision) return;
    services_.last_logged_decision = entry.number;
    services_.log_store.add_outcome(entry.decision);
}

void MultiHopLedger::set_alarms() {
    if (const auto next = services_.deliveries.next_visible()) deliveries_alarm_.set(*next);
    if (const auto next = services_.retries.next_due()) retries_alarm_.set(*next);
    if (services_.log_queue.has_unreceived()) log_alarm_.set(clock_.monotonic() + options_.log_lag);
    else if (const auto next = services_.log_queue.next_visible()) log_alarm_.set(*next);
}

}  // namespace outpost::ports::fakes
