// The three durable facts of the program: accepted, settled, decided (design.md §2).
#pragma once

#include "base/deadline.hpp"
#include "base/result.hpp"
#include "base/task.hpp"
#include "model/attempt.hpp"
#include "model/delivery.hpp"

#include <vector>

namespace outpost::ports {

inline constexpr std::size_t kAcceptBatchMax = 1000;
inline constexpr std::size_t kSettleBatchMax = 1000;

/// One event to be accepted, already matched.
struct Acceptance {
    model::EventPtr event;
    std::uint32_t tenant = 0;                         ///< inner number of event->tenant_id
    std::vector<model::DestinationKey> destinations;  ///< may be empty: the event is stored all the same (A7)
    bool client_chose_id = false;                     ///< only then is the id checked against the window (A6)
};

/// What became of it.
struct Accepted {
    model::EventRef event;  ///< the original's for a duplicate
    bool duplicate = false;
    std::vector<model::DestinationKey> destinations;  ///< the original's for a duplicate (decision A6)
};

/// The result of an attempt and what follows, as one fact.
struct Settlement {
    model::DeliveryKey key;
    model::EventPtr event;  ///< of the delivery; never null
    model::Attempt attempt;
    std::optional<TimePoint> next_due;  ///< none = the delivery is closed
    bool next_manual = false;           ///< a person's request waits behind this attempt: it is the next
};

enum class DecisionKind {
    skipped,    ///< the destination was disabled or is gone: closed without an attempt (B10)
    cancelled,  ///< a person cancelled the waiting retry: closed
    redeliver,  ///< a person's 202: open, due now, manual
    parked,     ///< moved to the dead letters: closed (B12)
    carried,    ///< the ledger's own: open as it was, said again where it outlives retention. Never given to decide().
};

/// Something that was decided without an attempt.
struct Decision {
    model::DeliveryKey key;
    DecisionKind kind = DecisionKind::skipped;
    TimePoint time;
    std::string reason;  ///< short code: "destination_disabled", "destination_deleted", "requested"
};

/// Takes due deliveries. One a shard; called on that shard's thread.
class DeliverySink {
public:
    virtual ~DeliverySink() = default;
    /// @return false when there is no room for this destination now: the ledger keeps the delivery and offers it
    /// again after Ledger::demand for the destination. A key that the sink already holds is never offered.
    virtual bool offer(model::Delivery delivery) = 0;
};

/// How much waits. For health, metrics and tests.
struct LedgerDepth {
    std::uint64_t open = 0;  ///< deliveries accepted and not closed
};

/// Durable when a call returns a value. Calls about a delivery are made on the shard that owns its destination
/// (Shards::owner_of(key.destination.destination)); accept on any shard.
class Ledger {
public:
    virtual ~Ledger() = default;

    /// Stores events with their destinations, in one durable batch; then offers the deliveries to their shards.
    /// A client-chosen id seen for the same tenant within the idempotency window, also earlier in this batch, is a
    /// duplicate: nothing is stored. A copy of an id that is not yet durable waits for that commit.
    /// @param batch  1..kAcceptBatchMax
    /// @return one Accepted an event, in order; unavailable (nothing stored, safe to retry); timeout (the batch may
    /// still be stored). Contract: pipeline.md §4, decisions A6–A8.
    virtual Task<Result<std::vector<Accepted>>> accept(std::vector<Acceptance> batch, Deadline deadline) = 0;

    /// Records attempts and what follows each, in one durable batch. Idempotent by attempt id.
    /// @param settlements  1..kSettleBatchMax; order is kept
    /// @return unavailable or timeout (safe to repeat with the same attempt ids)
    /// Contract: pipeline.md §7.2, decisions B8, B11.
    virtual Task<Result<void>> settle(std::vector<Settlement> settlements, Deadline deadline) = 0;

    /// Records decisions, in one durable batch. `redeliver` re-opens a closed delivery or marks an open one manual
    /// and due now; the ledger offers it unless the sink holds it already. `cancelled`, `skipped` and `parked` close.
    /// A `redeliver` for a destination that the event was never accepted for opens a delivery all the same.
    /// Repeating a decision is harmless. The attempts a re-opened delivery has had are looked up by the ledger.
    /// @return not_found when `redeliver` names an event that is not stored; unavailable; timeout
    /// Contract: design.md §2 table of races, pipeline.md §9, decisions B10, B12.
    virtual Task<Result<void>> decide(std::vector<Decision> decisions, Deadline deadline) = 0;

    /// Gives a delivery back that could not be tried through our own fault: it is offered again at `until`.
    /// Spends no attempt (decision B11). Not a fact: after a restart it is simply due.
    virtual void postpone(model::Delivery delivery, TimePoint until) = 0;

    /// Names the sink of a shard. Before any other call.
    virtual void subscribe(std::size_t shard, DeliverySink& sink) = 0;

    /// The sink has room for this destination again. On the destination's shard. Cheap; may be called in excess.
    virtual void demand(model::DestinationKey destination) = 0;

    virtual LedgerDepth depth() const = 0;

    /// Whether facts can be stored now; unavailable with the reason and since when. Any thread.
    virtual Result<void> ready() const = 0;
};

}  // namespace outpost::ports
