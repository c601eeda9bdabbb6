// What waits for one destination: the head of its queue in memory, the rest in `open_deliveries` (design.md §4).
#pragma once

#include "backends/embedded/project/projector.hpp"
#include "base/time.hpp"

#include <map>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace outpost::embedded {

inline constexpr std::size_t kLaneWaitingMax = 1024;  ///< entries of one destination in memory

/// Deliveries that a sink has, with the attempts settled so far.
using Held = std::unordered_map<model::DeliveryKey, std::uint32_t>;

/// The schedule of one destination. Pure data and decisions; the Feeder does the IO. On the destination's shard. All
/// times are the feeder's (StepFreeTime), also those of entries: not the log's.
class Lane {
public:
    /// Keeps an entry in memory. When memory is full, what is due last is left to the table: else a fetch would bring
    /// the same entries again and again without making room. A later copy of a key replaces the earlier one.
    /// @param waiting_max  how many may wait in memory now, at least 1
    /// @return change in the number of entries that wait in memory
    int add(const OpenDelivery& entry, std::size_t waiting_max);
    /// Forgets a key. @return change in the number of entries that wait in memory
    int remove(const model::DeliveryKey& key);
    /// What waits in memory or is being loaded.
    std::optional<OpenDelivery> find(const model::DeliveryKey& key) const;
    bool contains(const model::DeliveryKey& key) const;

    /// Whether something in memory is due.
    bool has_due(TimePoint now) const;
    std::size_t waiting() const { return waiting_.size(); }
    /// The one that is due first. There must be one.
    const OpenDelivery& first() const { return waiting_.begin()->second; }
    OpenDelivery take_first();

    /// Takes up to `count` entries that are due, earliest first, so that their events can be read. Not while loading().
    std::vector<OpenDelivery> begin_loading(TimePoint now, std::size_t count);
    /// One of them, as it is by now; none when it was closed meanwhile.
    std::optional<OpenDelivery> take_loading(const model::DeliveryKey& key);
    void end_loading();
    bool loading() const { return loading_; }

    /// Whether the table must be asked: nothing in memory is due and the table has something due.
    bool wants_fetch(TimePoint now) const;
    /// Whether the table has something that is due: it comes before what is new.
    bool has_due_in_table(TimePoint now) const { return in_table_from_ && *in_table_from_ <= unix_ms(now); }
    /// @param wanted  entries that are not in memory yet
    /// @return how many to ask for, so that so many of those are among them
    std::size_t begin_fetch(std::size_t wanted);
    /// Adds what the table gave, except what the sink holds, what is here already and what was moved meanwhile.
    /// @return change in the number of entries that wait in memory
    int end_fetch(const Projector::Fetched& fetched, const Held& held_keys, std::size_t waiting_max);
    void fetch_failed(TimePoint retry_at);
    bool fetching() const { return fetching_; }
    /// After trouble of our own: what the table still calls due is not to come back at once.
    void pause_table(TimePoint until) { paused_until_ms_ = std::max(paused_until_ms_, unix_ms(until)); }

    /// Something of this lane lies in the table, due at this time at the earliest.
    void note_in_table(std::int64_t due_ms);
    /// A delivery was closed or given a new time: a fetch that is on its way may bring what it was before.
    void note_moved(const model::DeliveryKey& key);

    /// When the lane has something to do next.
    std::optional<TimePoint> next_time() const;
    bool empty() const { return waiting_.empty() && !in_table_from_ && !fetching_ && !loading_ && held == 0; }

    bool refused = false;         ///< the sink had no room: waits for its demand
    bool waits_for_turn = false;  ///< has something due, and too many lanes are loading
    std::size_t held = 0;         ///< entries that the sink has

private:
    // By due time, then by arrival: the table's own order, so that what is put back keeps its place.
    using Place = std::pair<std::int64_t, model::DeliveryKey>;
    static Place place_of(const OpenDelivery& entry) { return {entry.due_ms, entry.key}; }
    std::vector<OpenDelivery>::iterator find_loading(const model::DeliveryKey& key);

    std::map<Place, OpenDelivery> waiting_;
    std::unordered_map<model::DeliveryKey, std::int64_t> due_of_;
    std::vector<OpenDelivery> being_loaded_;
    bool loading_ = false;
    std::optional<std::int64_t> in_table_from_;
    std::int64_t paused_until_ms_ = 0;
    bool fetching_ = false;
    std::unordered_set<model::DeliveryKey> moved_while_fetching_;
};

}  // namespace outpost::embedded
