// The Ledger in memory: the port's contract and nothing else. For pipeline tests and the simulation.
#pragma once

#include "ports/fakes/alarm.hpp"
#include "ports/fakes/memory_truth.hpp"
#include "ports/fakes/offering.hpp"

namespace outpost::ports::fakes {

inline constexpr Milliseconds kIdempotencyWindow = std::chrono::hours(1);

/// All shards on one thread. What the truth holds open is due again in a new ledger over it: that is a restart.
/// await stop() before destroying it.
class MemoryLedger final : public Ledger {
public:
    /// @param window  how long a client-chosen id is remembered (pipeline.md §4)
    MemoryLedger(MemoryTruth& truth, Clock& clock, const Shards& shards, Milliseconds window = kIdempotencyWindow);

    Task<Result<std::vector<Accepted>>> accept(std::vector<Acceptance> batch, Deadline deadline) override;
    Task<Result<void>> settle(std::vector<Settlement> settlements, Deadline deadline) override;
    Task<Result<void>> decide(std::vector<Decision> decisions, Deadline deadline) override;
    void postpone(model::Delivery delivery, TimePoint until) override;
    void subscribe(std::size_t shard, DeliverySink& sink) override { offering_.subscribe(shard, sink); }
    void demand(model::DestinationKey destination) override { offering_.demand(destination); }
    LedgerDepth depth() const override { return {.open = truth_.open.size()}; }
    Result<void> ready() const override { return {}; }

    /// Ends the timers. Nothing is offered from a timer afterwards.
    Task<void> stop() { return alarm_.stop(); }

private:
    Accepted accept_one(Acceptance acceptance);
    std::optional<Accepted> original_of(const Acceptance& acceptance) const;
    void settle_one(const Settlement& settlement);
    void redeliver(const model::DeliveryKey& key);
    void close(const model::DeliveryKey& key);
    void offer_at(const model::DeliveryKey& key, TimePoint due);
    void stop_waiting(const model::DeliveryKey& key);
    void offer_due();

    MemoryTruth& truth_;
    Clock& clock_;
    Milliseconds window_;
    Offering offering_;
    std::multimap<MonotonicTime, model::DeliveryKey> waiting_;
    Alarm alarm_;
};

}  // namespace outpost::ports::fakes
