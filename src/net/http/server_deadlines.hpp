// One coarse timer wheel a shard, instead of a timer an operation (design.md §6).
#pragma once

#include "base/time.hpp"

#include <array>
#include <cstdint>

namespace outpost::http {

/// Calls entries whose deadline has passed, never early and at most one kTick late (plus the driver's own delay).
/// Moving a deadline later and taking it back are single stores: the entry is looked at again when its old slot
/// comes. One thread.
class DeadlineWheel {
public:
    static constexpr MonotonicTime::duration kTick = std::chrono::milliseconds(500);
    static constexpr std::size_t kSlots = 256;  ///< longer deadlines are re-inserted on the way

    /// Something with at most one deadline. Leaves the wheel when destroyed.
    class Entry {
    public:
        Entry() = default;
        Entry(const Entry&) = delete;
        Entry& operator=(const Entry&) = delete;
        virtual ~Entry() { unlink(); }
        /// The entry has no deadline any more. May arm itself or others again; must not destroy other entries.
        virtual void deadline_passed() = 0;

    private:
        friend class DeadlineWheel;
        void unlink();

        Entry* previous_ = nullptr;
        Entry* next_ = nullptr;
        std::int64_t tick_ = 0;  // where it is linked
        MonotonicTime deadline_ = MonotonicTime::max();
    };

    explicit DeadlineWheel(MonotonicTime now);
    DeadlineWheel(const DeadlineWheel&) = delete;
    DeadlineWheel& operator=(const DeadlineWheel&) = delete;
    ~DeadlineWheel();

    /// Sets or moves the entry's deadline.
    void arm(Entry& entry, MonotonicTime deadline);
    static void disarm(Entry& entry) { entry.deadline_ = MonotonicTime::max(); }
    /// Calls every entry whose deadline is <= now.
    void advance(MonotonicTime now);
    /// When advance() has something to do at the earliest.
    MonotonicTime next_tick() const { return MonotonicTime((current_ + 1) * kTick); }

private:
    struct Slot final : Entry {
        Slot();
        void deadline_passed() override {}
    };
    void link(Entry& entry, std::int64_t tick);
    void fire(Slot& slot, MonotonicTime now);

    std::int64_t current_;  // ticks <= current_ have been handled
    std::array<Slot, kSlots> slots_;
};

}  // namespace outpost::http
