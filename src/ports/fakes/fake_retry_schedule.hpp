// A retry schedule beside the queue: one entry a delivery, handed out at least once (pipeline.md §8.3).
#pragma once

#include "base/clock.hpp"
#include "model/delivery.hpp"
#include "ports/fakes/dice.hpp"

#include <map>
#include <optional>

namespace outpost::ports::fakes {

/// One thread.
class FakeRetrySchedule {
public:
    struct Entry {
        model::DeliveryKey key;
        std::uint64_t generation = 0;
    };

    /// @param hidden  an entry that was claimed and not removed comes again after this
    /// @param lost_removal  probability that a removal never arrives
    FakeRetrySchedule(const Clock& clock, MonotonicTime::duration hidden, double lost_removal, std::uint64_t seed)
        : clock_(clock), hidden_(hidden), lost_removal_(lost_removal), dice_(seed) {}

    /// Replaces the entry of this delivery.
    void put(Entry entry, MonotonicTime due);
    /// One entry that is due; hides it.
    std::optional<Entry> claim();
    /// Removes the entry, if it is still of this generation.
    void remove(const Entry& entry);
    std::optional<MonotonicTime> next_due() const;

private:
    struct Slot {
        std::uint64_t generation = 0;
        MonotonicTime due;
    };
    const Clock& clock_;
    MonotonicTime::duration hidden_;
    double lost_removal_;
    Dice dice_;
    std::map<model::DeliveryKey, Slot> slots_;
};

}  // namespace outpost::ports::fakes
