// A Ledger that goes wrong: by script, or by chance from a seed.
#pragma once

#include "base/clock.hpp"
#include "ports/fakes/dice.hpp"
#include "ports/ledger.hpp"

#include <deque>
#include <map>

namespace outpost::ports::fakes {

enum class LedgerCall { accept, settle, decide };

enum class LedgerFault {
    none,
    fail,         ///< nothing happens; the reply is `unavailable`
    delay,        ///< happens, and is answered, FaultyLedger::delay later
    answer_late,  ///< happens once the deadline has passed (never: after the delay); the reply is `timeout`
    lose_reply,   ///< happens at once; the caller hears nothing until its deadline (never: at once) and gets `timeout`
};

/// Probabilities of each fault, for every call. Their sum is at most 1.
struct LedgerFaultRates {
    double fail = 0;
    double delay = 0;
    double answer_late = 0;
    double lose_reply = 0;
};

/// postpone, demand, subscribe and depth pass through. All shards on one thread.
class FaultyLedger final : public Ledger {
public:
    FaultyLedger(Ledger& inner, Clock& clock) : inner_(inner), clock_(clock), dice_(0) {}

    /// The next `times` calls of this kind meet this fault; scripted faults come before chance and outages.
    void next(LedgerCall call, LedgerFault fault, std::size_t times = 1);
    /// From now on, chance.
    void at_rates(LedgerFaultRates rates, std::uint64_t seed);
    /// From now on every call fails and ready() says why.
    void go_down(std::string reason);
    /// No more faults of any kind.
    void heal();
    /// How long `delay` takes. Default 1 s.
    void set_delay(MonotonicTime::duration delay) { delay_ = delay; }
    /// How many faults were met.
    std::size_t injected() const { return injected_; }

    Task<Result<std::vector<Accepted>>> accept(std::vector<Acceptance> batch, Deadline deadline) override;
    Task<Result<void>> settle(std::vector<Settlement> settlements, Deadline deadline) override;
    Task<Result<void>> decide(std::vector<Decision> decisions, Deadline deadline) override;
    void postpone(model::Delivery delivery, TimePoint until) override { inner_.postpone(std::move(delivery), until); }
    void subscribe(std::size_t shard, DeliverySink& sink) override { inner_.subscribe(shard, sink); }
    void demand(model::DestinationKey destination) override { inner_.demand(destination); }
    LedgerDepth depth() const override { return inner_.depth(); }
    Result<void> ready() const override;

private:
    LedgerFault choose(LedgerCall call);
    /// Runs `work`, which is not started before it is awaited, under the fault.
    template <class T>
    Task<Result<T>> under(LedgerFault fault, Task<Result<T>> work, Deadline deadline);

    Ledger& inner_;
    Clock& clock_;
    Dice dice_;
    std::map<LedgerCall, std::deque<LedgerFault>> script_;
    LedgerFaultRates rates_;
    std::string down_;  ///< empty = up
    MonotonicTime::duration delay_ = std::chrono::seconds(1);
    std::size_t injected_ = 0;
};

}  // namespace outpost::ports::fakes
