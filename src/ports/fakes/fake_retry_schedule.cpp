#include "ports/fakes/fake_retry_schedule.hpp"

namespace outpost::ports::fakes {
namespace {

constexpr auto due_of = [](const auto& slot) { return slot.second.due; };

}  // namespace

void FakeRetrySchedule::put(Entry entry, MonotonicTime due) {
    slots_[entry.key] = {.generation = entry.generation, .due = due};
}

std::optional<FakeRetrySchedule::Entry> FakeRetrySchedule::claim() {
    const auto first = std::ranges::min_element(slots_, {}, due_of);
    if (first == slots_.end() || first->second.due > clock_.monotonic()) return std::nullopt;
    first->second.due = clock_.monotonic() + hidden_;
    return Entry{.key = first->first, .generation = first->second.generation};
}

void FakeRetrySchedule::remove(const Entry& entry) {
    const auto found = slots_.find(entry.key);
    if (found == slots_.end() || found->second.generation != entry.generation) return;
    if (!dice_.roll(lost_removal_)) slots_.erase(found);
}

std::optional<MonotonicTime> FakeRetrySchedule::next_due() const {
    const auto first = std::ranges::min_element(slots_, {}, due_of);
    if (first == slots_.end()) return std::nullopt;
    return first->second.due;
}

}  // namespace outpost::ports::fakes
