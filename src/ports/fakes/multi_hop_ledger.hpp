// The Ledger over at-least-once hops: shows that the port can be kept without one file that holds everything.
#pragma once

#include "ports/fakes/alarm.hpp"
#include "ports/fakes/multi_hop_services.hpp"
#include "ports/fakes/offering.hpp"

namespace outpost::ports::fakes {

/// Composed as a brokered back-end would be: facts and the messages that follow from them go into the fast store in
/// one transaction (a transactional outbox); queue and retry schedule only trigger; a trigger of an old generation is
/// acknowledged and forgotten. So redelivery and lost acknowledgements stay inside. A LogReader over
/// services.log_store is late by MultiHopOptions::log_lag. A new ledger over the same services is a restart: what was
/// held comes back after the visibility timeout.
/// All shards on one thread. await stop() before destroying it.
class MultiHopLedger final : public Ledger {
public:
    MultiHopLedger(MultiHopServices& services, Clock& clock, const Shards& shards, MultiHopOptions options);

    Task<Result<std::vector<Accepted>>> accept(std::vector<Acceptance> batch, Deadline deadline) override;
    Task<Result<void>> settle(std::vector<Settlement> settlements, Deadline deadline) override;
    Task<Result<void>> decide(std::vector<Decision> decisions, Deadline deadline) override;
    void postpone(model::Delivery delivery, TimePoint until) override;
    void subscribe(std::size_t shard, DeliverySink& sink) override { offering_.subscribe(shard, sink); }
    void demand(model::DestinationKey destination) override { offering_.demand(destination); }
    LedgerDepth depth() const override { return {.open = services_.records.size()}; }
    Result<void> ready() const override { return {}; }

    /// Moves everything that is under way into the log store, as its consumer would do later.
    void write_log();
    Task<void> stop();

private:
    Accepted accept_one(Acceptance acceptance);
    /// @return the receipt to acknowledge once the fact is stored
    std::optional<std::uint64_t> settle_one(const Settlement& settlement);
    void redeliver(const model::DeliveryKey& key);
    std::optional<std::uint64_t> close(const model::DeliveryKey& key);
    std::optional<std::uint64_t> let_go(const model::DeliveryKey& key);

    void publish_outbox();
    void receive_deliveries();
    void meet(const FakeQueue<DeliveryTrigger>::Received& received);
    void fire_retries();
    void log_decision(const LogDecision& entry);
    void offer(const model::DeliveryKey& key);
    void set_alarms();

    MultiHopServices& services_;
    Clock& clock_;
    MultiHopOptions options_;
    Offering offering_;
    /// Receipts of the messages that this process received and did not acknowledge yet; all of current generations.
    std::map<model::DeliveryKey, std::uint64_t> in_hand_;
    Alarm deliveries_alarm_;
    Alarm retries_alarm_;
    Alarm log_alarm_;
};

}  // namespace outpost::ports::fakes
