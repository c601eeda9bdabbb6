#include "ports/fakes/memory_truth.hpp"

namespace outpost::ports::fakes {

bool MemoryTruth::add_event(model::EventRef ref, MemoryEvent event) {
    const auto id = std::make_pair(event.tenant, event.event->id);
    if (!events_.emplace(ref, std::move(event)).second) return false;
    const auto [known, first] = newest_.emplace(id, ref);
    if (!first) known->second = std::max(known->second, ref);
    return true;
}

bool MemoryTruth::add_attempt(MemoryAttempt attempt) {
    if (!attempt_ids_.insert(attempt.attempt.id).second) return false;
    ++attempt_counts_[attempt.key];
    outcomes_[attempt.key].attempted(attempt.attempt, attempt.open);
    attempts_.push_back(std::move(attempt));
    return true;
}

const MemoryEvent* MemoryTruth::find_event(model::EventRef ref) const {
    const auto found = events_.find(ref);
    return found == events_.end() ? nullptr : &found->second;
}

std::optional<model::EventRef> MemoryTruth::newest(std::uint32_t tenant, const EventId& id) const {
    const auto found = newest_.find({tenant, id});
    if (found == newest_.end()) return std::nullopt;
    return found->second;
}

std::uint32_t MemoryTruth::attempts_of(const model::DeliveryKey& key) const {
    const auto found = attempt_counts_.find(key);
    return found == attempt_counts_.end() ? 0 : found->second;
}

model::EventRef MemoryTruth::next_ref() const {
    if (events_.empty()) return {.segment = 1, .row = 0};
    model::EventRef ref = events_.rbegin()->first;
    ++ref.row;
    return ref;
}

}  // namespace outpost::ports::fakes
