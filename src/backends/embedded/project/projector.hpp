// Follows the log and keeps `open_deliveries`: every delivery accepted in the projected range and not closed.
#pragma once

#include "backends/embedded/log/segment_directory.hpp"
#include "backends/embedded/project/destination_watch.hpp"
#include "backends/embedded/sqlite/database.hpp"
#include "model/delivery.hpp"

#include <functional>
#include <unordered_map>

namespace outpost::embedded {

inline constexpr std::size_t kStepRowsMax = 64 * 1024;  ///< of one step; an event counts once a destination

/// An open delivery without its event.
struct OpenDelivery {
    model::DeliveryKey key;
    std::uint32_t attempts = 0;
    std::int64_t due_ms = 0;
    bool manual = false;
};

/// What a row of the log says of a delivery.
struct DeliveryState {
    bool open = false;
    std::uint32_t attempts = 0;
    std::int64_t due_ms = 0;
    bool manual = false;
};

/// The fold of the log: the newest row about a delivery decides. Pure. Calls `visit(key, state)` for each delivery that
/// `entry` speaks of. @param ref the row's own place
template <class Visit>
void states_of(const TailEntry& entry, std::span<const TailDestination> destinations, model::EventRef ref,
               Visit visit) {
    if (entry.kind == RowKind::event) {
        if ((entry.flags & kFlagCarried) != 0) return;  // decisions behind it say what is open
        for (const TailDestination& matched : destinations) {
            visit(model::DeliveryKey{ref, {entry.tenant, matched.destination, matched.incarnation}},
                  DeliveryState{.open = true, .attempts = 0, .due_ms = entry.due_ms, .manual = false});
        }
        return;
    }
    const model::DeliveryKey key{{entry.event_segment, entry.event_row},
                                 {entry.tenant, entry.destination, entry.incarnation}};
    visit(key, DeliveryState{.open = entry.due_ms != kClosed,
                             .attempts = entry.attempts,
                             .due_ms = entry.due_ms,
                             .manual = (entry.flags & kFlagNextManual) != 0});
}

/// Control thread only. Reads tails, so a segment is sealed only after the projections have passed it.
class Projector {
public:
    Projector(Database& projections, const SegmentDirectory& segments, WatchSettings watch = {})
        : projections_(projections), segments_(segments), watch_(projections, segments, std::move(watch)) {}

    /// Reads the watermark. Before any other call.
    Result<void> open();
    /// One step: about kStepRowsMax rows; rows and watermark in one commit. @return whether more rows wait
    Result<bool> step();
    /// Called after a commit that had effects.
    void when_noticed(std::function<void(WatchNews)> tell) { tell_ = std::move(tell); }
    /// Steps until the projections have seen every row that was durable when it was called.
    Result<void> catch_up();

    /// The first row that has not been projected.
    model::EventRef watermark() const { return watermark_; }
    /// Open deliveries of a destination by due time, after catching up.
    struct Fetched {
        std::vector<OpenDelivery> deliveries;
        std::optional<std::int64_t> more_from;  ///< due time of the first one that was not returned
    };
    Result<Fetched> fetch(std::uint32_t destination, std::size_t limit);
    /// Each destination with open deliveries, and the earliest due time among them.
    struct Backlog {
        std::uint32_t destination = 0;
        std::int64_t first_due_ms = 0;
    };
    Result<std::vector<Backlog>> backlogs();
    Result<std::optional<OpenDelivery>> find(const model::DeliveryKey& key);
    /// Where the event that was accepted at this place lies by now: there, or where it was carried to. After catching
    /// up.
    Result<model::EventRef> home_of(model::EventRef event);
    /// Events that lie in a segment and have open deliveries, after catching up.
    struct OpenEvent {
        model::EventRef accepted_at;
        std::uint32_t row = 0;  ///< in the segment
        std::vector<OpenDelivery> deliveries;
    };
    /// @param deliveries_max  no further event is begun behind so many
    Result<std::vector<OpenEvent>> open_events_in(std::uint32_t segment, std::size_t events_max,
                                                  std::size_t deliveries_max);
    Result<std::uint64_t> count();

private:
    Result<void> apply(const std::unordered_map<model::DeliveryKey, DeliveryState>& states);
    /// (accepted at, copied to)
    using Copies = std::vector<std::pair<model::EventRef, model::EventRef>>;
    Result<void> note(const Copies& copies);

    Database& projections_;
    const SegmentDirectory& segments_;
    DestinationWatch watch_;
    std::function<void(WatchNews)> tell_ = [](const WatchNews&) {};
    model::EventRef watermark_;
    Statement upsert_, remove_, move_, fetch_, find_, next_destination_, carried_to_, home_, open_here_, deliveries_;
};

}  // namespace outpost::embedded
