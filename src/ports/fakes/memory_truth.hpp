// What a disk would hold: it outlives the ledger that writes it, so that a test can restart one.
#pragma once

#include "ports/delivery_outcome.hpp"
#include "ports/ledger.hpp"

#include <map>
#include <set>

namespace outpost::ports::fakes {

inline constexpr std::size_t kMemoryRowsMax = 1'000'000;

struct MemoryEvent {
    model::EventPtr event;
    std::uint32_t tenant = 0;
    std::vector<model::DestinationKey> destinations;
    TimePoint accepted;
};

struct MemoryAttempt {
    model::DeliveryKey key;
    model::Attempt attempt;
    std::optional<TimePoint> next_due;  ///< as it was settled
    bool open = false;                  ///< another one follows
};

struct MemoryOpen {
    model::EventPtr event;
    std::uint32_t attempts = 0;
    TimePoint due;
    bool manual = false;
};

/// Tests may look at everything. One thread.
class MemoryTruth {
public:
    /// Repeating a row changes nothing. @return whether it was new
    bool add_event(model::EventRef ref, MemoryEvent event);
    bool add_attempt(MemoryAttempt attempt);
    /// Of a decision that changed something. Not idempotent.
    void add_outcome(const Decision& decision) { outcomes_[decision.key].decided(decision, attempts_of(decision.key)); }

    bool is_full() const { return events_.size() + attempts_.size() >= kMemoryRowsMax; }
    const MemoryEvent* find_event(model::EventRef ref) const;
    /// The newest one of that id.
    std::optional<model::EventRef> newest(std::uint32_t tenant, const EventId& id) const;
    bool has_attempt(const AttemptId& id) const { return attempt_ids_.contains(id); }
    std::uint32_t attempts_of(const model::DeliveryKey& key) const;
    model::EventRef next_ref() const;
    /// Of all deliveries that had a fact after their acceptance.
    const std::map<model::DeliveryKey, OutcomeFold>& outcomes() const { return outcomes_; }

    const std::map<model::EventRef, MemoryEvent>& events() const { return events_; }
    /// In the order in which they were settled.
    const std::vector<MemoryAttempt>& attempts() const { return attempts_; }

    std::map<model::DeliveryKey, MemoryOpen> open;
    std::vector<Decision> decisions;  ///< every one that was asked for, in order

private:
    std::map<model::EventRef, MemoryEvent> events_;
    std::map<std::pair<std::uint32_t, EventId>, model::EventRef> newest_;
    std::vector<MemoryAttempt> attempts_;
    std::set<AttemptId> attempt_ids_;
    std::map<model::DeliveryKey, std::uint32_t> attempt_counts_;
    std::map<model::DeliveryKey, OutcomeFold> outcomes_;
};

}  // namespace outpost::ports::fakes
