// Cancellations of one shard's deliveries: no further attempt is to be made (design.md §2 table of races).
#pragma once

#include "base/deadline.hpp"
#include "base/task_group.hpp"
#include "ports/ledger.hpp"

#include <unordered_set>

namespace outpost::pipeline {

class Dispatcher;

inline constexpr std::size_t kUnstoredCancellationsMax = 4096;  ///< of one shard; beyond it they are refused

/// One a shard, on its thread. stop() before destruction.
class Cancellations {
public:
    Cancellations(Dispatcher& dispatcher, ports::Ledger& ledger, Clock& clock, Executor executor)
        : dispatcher_(dispatcher), ledger_(ledger), clock_(clock), insisting_(std::move(executor), "cancellations") {}

    /// Notes it with what is on its way, then decides it: durable when it returns without error. A delivery that is
    /// closed stays as it is. What was taken out of a queue, or told to an attempt in flight, is decided however long
    /// that takes: the ledger believes that it is still here. is_unstored() until then.
    /// @param key  of a destination that this shard owns
    /// @return unavailable, timeout: it may have been cancelled, or will be
    Task<Result<void>> cancel(model::DeliveryKey key, Deadline deadline);

    /// Whether one goes on being decided whose caller was told that it failed. Nothing may be promised meanwhile.
    bool is_unstored(const model::DeliveryKey& key) const { return unstored_.contains(key); }

    /// Gives up what could not be stored: it is due again after a restart. Later failures are given up at once.
    Task<void> stop();

private:
    Task<Result<void>> decide(model::DeliveryKey key, Deadline deadline);
    Task<void> insist(model::DeliveryKey key);

    Dispatcher& dispatcher_;
    ports::Ledger& ledger_;
    Clock& clock_;
    std::unordered_set<model::DeliveryKey> unstored_;
    TaskGroup insisting_;
    bool stopped_ = false;
};

/// Whom a request about a delivery talks to, on the shard that owns its destination.
struct DeliveryOwner {
    Dispatcher* dispatcher = nullptr;
    Cancellations* cancellations = nullptr;
};

}  // namespace outpost::pipeline
