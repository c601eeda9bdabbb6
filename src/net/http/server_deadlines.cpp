#include "net/http/server_deadlines.hpp"

#include <algorithm>

namespace outpost::http {
namespace {

std::int64_t tick_at(MonotonicTime time) {
    return time.time_since_epoch() / DeadlineWheel::kTick;
}

/// The first tick that is not before `deadline`.
std::int64_t tick_after(MonotonicTime deadline) {
    const auto since = deadline.time_since_epoch();
    return since / DeadlineWheel::kTick + (since % DeadlineWheel::kTick != MonotonicTime::duration::zero() ? 1 : 0);
}

}  // namespace

DeadlineWheel::Slot::Slot() {
    previous_ = next_ = this;
}

void DeadlineWheel::Entry::unlink() {
    if (next_ == nullptr) return;
    previous_->next_ = next_;
    next_->previous_ = previous_;
    previous_ = next_ = nullptr;
}

DeadlineWheel::DeadlineWheel(MonotonicTime now) : current_(tick_at(now)) {}

DeadlineWheel::~DeadlineWheel() {
    for (Slot& slot : slots_)
        while (slot.next_ != &slot) slot.next_->unlink();
}

void DeadlineWheel::link(Entry& entry, std::int64_t tick) {
    entry.unlink();
    entry.tick_ = std::clamp(tick, current_ + 1, current_ + static_cast<std::int64_t>(kSlots) - 1);
    Slot& slot = slots_[static_cast<std::size_t>(entry.tick_) % kSlots];
    entry.previous_ = slot.previous_;
    entry.next_ = &slot;
    slot.previous_->next_ = &entry;
    slot.previous_ = &entry;
}

void DeadlineWheel::arm(Entry& entry, MonotonicTime deadline) {
    entry.deadline_ = deadline;
    const std::int64_t tick = tick_after(deadline);
    if (entry.next_ != nullptr && entry.tick_ <= tick) return;  // its slot comes early enough
    link(entry, tick);
}

void DeadlineWheel::fire(Slot& slot, MonotonicTime now) {
    Slot due;  // entries may arm themselves again while we walk
    while (slot.next_ != &slot) {
        Entry& entry = *slot.next_;
        entry.unlink();
        entry.previous_ = due.previous_;
        entry.next_ = &due;
        due.previous_->next_ = &entry;
        due.previous_ = &entry;
    }
    while (due.next_ != &due) {
        Entry& entry = *due.next_;
        entry.unlink();
        if (entry.deadline_ == MonotonicTime::max()) continue;
        if (entry.deadline_ > now) {
            link(entry, tick_after(entry.deadline_));
            continue;
        }
        entry.deadline_ = MonotonicTime::max();
        entry.deadline_passed();
    }
}

void DeadlineWheel::advance(MonotonicTime now) {
    const std::int64_t target = tick_at(now);
    const std::int64_t first = std::max(current_ + 1, target - static_cast<std::int64_t>(kSlots) + 1);
    if (target <= current_) return;
    current_ = target;
    for (std::int64_t tick = first; tick <= target; ++tick) fire(slots_[static_cast<std::size_t>(tick) % kSlots], now);
}

}  // namespace outpost::http
