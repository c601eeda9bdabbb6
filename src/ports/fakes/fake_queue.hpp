// A broker's queue as the worst allowed one behaves: visibility timeout, redelivery, lost acknowledgements.
#pragma once

#include "base/clock.hpp"
#include "ports/fakes/dice.hpp"

#include <map>
#include <optional>
#include <set>

namespace outpost::ports::fakes {

struct QueueFaults {
    double redelivery = 0;  ///< a received message can be received again at once. Below 1
    double lost_ack = 0;    ///< an acknowledgement never arrives: the message comes again. Below 1
};

/// At-least-once, unordered under faults. One thread. Messages never expire and are never dropped.
template <class Message>
class FakeQueue {
public:
    struct Received {
        std::uint64_t receipt = 0;
        Message message;
        std::uint32_t receives = 0;  ///< 1 the first time
    };

    FakeQueue(const Clock& clock, MonotonicTime::duration visibility, QueueFaults faults, std::uint64_t seed)
        : clock_(clock), visibility_(visibility), faults_(faults), dice_(seed) {
        ASSERT(faults.redelivery < 1 && faults.lost_ack < 1);
    }

    void publish(Message message) {
        const std::uint64_t id = ++last_id_;
        const MonotonicTime now = clock_.monotonic();
        entries_.emplace(id, Entry{.message = std::move(message), .visible_at = now});
        order_.emplace(now, id);
        ++unreceived_;
    }

    /// The next visible message; it is hidden for the visibility timeout, or until a fault shows it again.
    std::optional<Received> receive() {
        if (order_.empty() || order_.begin()->first > clock_.monotonic()) return std::nullopt;
        const std::uint64_t id = order_.begin()->second;
        Entry& entry = entries_.at(id);
        if (++entry.receives == 1) --unreceived_;
        const bool again = dice_.roll(faults_.redelivery);
        show_at(id, entry, clock_.monotonic() + (again ? MonotonicTime::duration{} : visibility_));
        return Received{.receipt = id, .message = entry.message, .receives = entry.receives};
    }

    /// Removes the message, unless the acknowledgement is lost. A message that is gone already: nothing.
    void acknowledge(std::uint64_t receipt) {
        const auto found = entries_.find(receipt);
        if (found == entries_.end() || dice_.roll(faults_.lost_ack)) return;
        if (found->second.receives == 0) --unreceived_;
        order_.erase({found->second.visible_at, receipt});
        entries_.erase(found);
    }

    /// Not acknowledged; to be received again at `at`.
    void hide(std::uint64_t receipt, MonotonicTime at) {
        const auto found = entries_.find(receipt);
        if (found != entries_.end()) show_at(receipt, found->second, at);
    }

    /// When something can be received, if there is anything.
    std::optional<MonotonicTime> next_visible() const {
        if (order_.empty()) return std::nullopt;
        return order_.begin()->first;
    }
    /// Whether a message has never been received by anyone.
    bool has_unreceived() const { return unreceived_ > 0; }
    std::size_t size() const { return entries_.size(); }

private:
    struct Entry {
        Message message;
        MonotonicTime visible_at;
        std::uint32_t receives = 0;
    };
    void show_at(std::uint64_t id, Entry& entry, MonotonicTime at) {
        order_.erase({entry.visible_at, id});
        entry.visible_at = at;
        order_.emplace(at, id);
    }

    const Clock& clock_;
    MonotonicTime::duration visibility_;
    QueueFaults faults_;
    Dice dice_;
    std::uint64_t last_id_ = 0;
    std::size_t unreceived_ = 0;
    std::map<std::uint64_t, Entry> entries_;
    std::set<std::pair<MonotonicTime, std::uint64_t>> order_;
};

}  // namespace outpost::ports::fakes
