// What waits for one destination: the head of its queue in memory, the rest in `open_deliveries` (design.md §4).
#pragma once

#include "backends/embedded/project/projector.hpp"
#include "base/time.hpp"

#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

namespace outpost::embedded {

inline constexpr std::size_t kLaneWaitingMax = 256;         ///< entries of one destination in memory
inline constexpr std::size_t kShardWaitingMax = 64 * 1024;  ///< entries of one shard in memory: about 8 MB
inline constexpr std::size_t kLaneFloor = 4;                ///< entries that a destination may have even then

/// Deliveries that a sink has, or that are on the way there, with the attempts settled so far.
using Held = std::unordered_map<model::DeliveryKey, std::uint32_t>;

/// The schedule of one destination. Pure data and decisions; the Feeder does the IO. On the destination's shard.
class Lane {
public:
    /// Keeps an entry in memory, or leaves it to the table when memory is full. A later copy of a key replaces the
    /// earlier one. @return change in the number of entries in memory
    int add(const OpenDelivery& entry, bool room);
    /// Forgets a key. @return whether it was in memory
    bool remove(const model::DeliveryKey& key);
    std::optional<OpenDelivery> find(const model::DeliveryKey& key) const;

    /// Takes up to `count` entries that are due, earliest first.
    std::vector<OpenDelivery> take_due(TimePoint now, std::size_t count);
    /// Whether something in memory is due.
    bool has_due(TimePoint now) const;
    std::size_t size() const { return waiting_.size(); }

    /// Whether the table must be asked: memory is nearly empty of what is due and the table has something due.
    bool wants_fetch(TimePoint now) const;
    void fetch_started();
    /// Adds what the table gave, except what the sink holds, what is here already and what was closed meanwhile.
    /// @return change in the number of entries in memory
    int fetch_finished(const Projector::Fetched& fetched, const Held& held_keys, bool room);
    void fetch_failed(TimePoint retry_at);
    bool fetching() const { return fetching_; }

    /// Something of this lane lies in the table, due at this time at the earliest.
    void note_in_table(std::int64_t due_ms);
    /// A delivery was closed or moved while a fetch may be on its way.
    void note_closed(const model::DeliveryKey& key);

    /// When the lane has something to do next.
    std::optional<TimePoint> next_time() const;
    bool empty() const { return waiting_.empty() && !in_table_from_ && !fetching_ && held == 0; }

    bool refused = false;   ///< the sink had no room: waits for its demand
    bool loading = false;   ///< events of entries are being read
    std::size_t held = 0;   ///< entries that the sink has or whose events are being read

private:
    using Waiting = std::multimap<std::int64_t, OpenDelivery>;  // by due time
    Waiting waiting_;
    std::unordered_map<model::DeliveryKey, Waiting::iterator> by_key_;
    std::optional<std::int64_t> in_table_from_;
    bool fetching_ = false;
    std::vector<model::DeliveryKey> closed_while_fetching_;
};

}  // namespace outpost::embedded
