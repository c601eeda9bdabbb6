// Hands due deliveries to a shard's sink: the memory side of the schedule (design.md §4 "What waits in memory").
#pragma once

#include "backends/embedded/feed/lane.hpp"
#include "backends/embedded/feed/recent_events.hpp"
#include "backends/embedded/log/journal.hpp"
#include "base/alarm.hpp"
#include "base/step_free_time.hpp"
#include "ports/ledger.hpp"

#include <deque>
#include <set>

namespace outpost::embedded {

/// Where a feeder gets what is not in memory. Any shard.
class FeedSource {
public:
    virtual ~FeedSource() = default;
    /// Open deliveries of a destination by due time, as of now.
    virtual Task<Result<Projector::Fetched>> fetch(std::uint32_t destination, std::size_t limit) = 0;
    /// The events at these places; null for those that are gone.
    virtual Task<Result<std::vector<model::EventPtr>>> load(std::vector<model::EventRef> refs) = 0;
};

/// What one shard may hold in memory. Tests make it small.
struct FeedLimits {
    std::size_t lane_waiting_max = kLaneWaitingMax;
    std::size_t shard_waiting_max = 64 * 1024;  ///< entries of all lanes: about 8 MB
    std::size_t lane_floor = 4;                 ///< entries that a lane may have even then
    std::size_t loads_max = 64;                 ///< lanes whose events are being read at the same time
    std::size_t recent_bytes_max = 8 << 20;     ///< payloads of what waits briefly
};

/// One a shard, on its thread. Times that come in and go out are wall-clock times; a wait that was planned lasts as
/// long as planned, whatever becomes of the wall clock meanwhile (hard-cases T-16). Every delivery of the shard's
/// destinations is, at any time, in exactly one of: the sink, a lane's memory, the table alone.
class Feeder {
public:
    Feeder(FeedSource& source, Clock& clock, Executor executor, FeedLimits limits = {});

    void subscribe(ports::DeliverySink& sink) { sink_ = &sink; }
    /// What the table holds at start.
    void start(const std::vector<Projector::Backlog>& backlogs);

    /// Deliveries that have just become durable.
    void accepted(std::vector<NewDelivery> deliveries);
    /// An attempt is on its way to the log: whoever asks from now on must not give out its number again (decision B8).
    /// Under a Watch that lives until it has got there.
    void settling(const ports::Settlement& settlement);
    /// An attempt is durable.
    void settled(const ports::Settlement& settlement);
    /// A decision is durable. @param row  with the attempts that were looked up
    void decided(const DecisionRow& row);
    /// The sink gives a delivery back. Ignored when it was closed meanwhile.
    void postponed(const model::Delivery& delivery, TimePoint until);
    void demand(std::uint32_t destination);
    /// While the log can't be written nothing is handed out (design.md §4 "Failure").
    void set_writable(bool writable);

    /// The attempts of a delivery that memory knows to be open; none: ask the table.
    std::optional<std::uint32_t> attempts_of(const model::DeliveryKey& key) const;
    /// For Watch.
    void watch(const model::DeliveryKey& key, bool closing);
    void unwatch(const model::DeliveryKey& key, bool closing);
    std::uint32_t watched_attempts(const model::DeliveryKey& key) const { return watched_.at(key).attempts; }
    /// How many deliveries wait in memory. For tests and metrics.
    std::size_t waiting() const { return waiting_; }
    std::size_t held() const { return held_.size(); }

    /// Hands out nothing more, and waits for the reads that are under way.
    Task<void> close();

private:
    std::int64_t place_of(std::int64_t due_ms, Milliseconds wait_max = Milliseconds::max());
    std::int64_t place_of_next(const ports::Settlement& settlement);
    Lane& lane(std::uint32_t destination);
    void count(int change) { waiting_ = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(waiting_) + change); }
    void add(Lane& lane, const OpenDelivery& entry) { count(lane.add(entry, room())); }
    bool offer(Lane& lane, model::Delivery delivery);
    bool release(const model::DeliveryKey& key);
    void work(std::uint32_t destination);
    void offer_recent(Lane& lane, TimePoint now);
    void begin_loading(std::uint32_t destination, Lane& lane, TimePoint now);
    void loaded(Lane& lane, OpenDelivery entry, model::EventPtr event, TimePoint again);
    void next_turn();
    void schedule(std::uint32_t destination, TimePoint at);
    void set_alarm();
    void ring();
    void forget_if_empty(std::uint32_t destination);
    std::size_t room() const {
        return waiting_ < limits_.shard_waiting_max ? limits_.lane_waiting_max : limits_.lane_floor;
    }
    Task<void> load(std::uint32_t destination, std::vector<OpenDelivery> entries);
    Task<void> fetch(std::uint32_t destination);

    FeedSource& source_;
    Clock& clock_;
    StepFreeTime time_;  ///< that of the lanes and the agenda: who waits does not feel a wall clock that is set
    FeedLimits limits_;
    ports::DeliverySink* sink_ = nullptr;
    TaskGroup tasks_;
    Alarm alarm_;
    std::unordered_map<std::uint32_t, Lane> lanes_;
    RecentEvents recent_;
    Held held_;
    std::set<std::pair<TimePoint, std::uint32_t>> agenda_;  ///< when a lane wants to be looked at: one entry each
    std::unordered_map<std::uint32_t, TimePoint> agenda_of_;
    struct Watched {
        std::size_t watchers = 0;
        std::size_t closing = 0;  ///< those of them that want to close it
        std::uint32_t attempts = 0;
    };
    bool is_being_closed(const model::DeliveryKey& key) const;
    std::unordered_map<model::DeliveryKey, Watched> watched_;
    std::size_t waiting_ = 0;
    std::size_t loads_ = 0;
    std::deque<std::uint32_t> load_turns_;  ///< lanes that wait until others have loaded: each once
    bool writable_ = true;
    bool closed_ = false;
};

/// Lives while a fact about a delivery is looked up or on its way to the log. Learns the number of every attempt that
/// goes there meanwhile, so that what was looked up elsewhere is not used when it is out of date. One that wants to
/// close the delivery also keeps it from being offered: its sink could not be told. On the feeder's shard.
class Watch {
public:
    Watch(Feeder& feeder, const model::DeliveryKey& key, bool closing) : feeder_(feeder), key_(key), closing_(closing) {
        feeder_.watch(key_, closing_);
    }
    ~Watch() { feeder_.unwatch(key_, closing_); }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    /// The highest number; 0 when there was none.
    std::uint32_t settled() const { return feeder_.watched_attempts(key_); }

private:
    Feeder& feeder_;
    model::DeliveryKey key_;
    bool closing_;
};

}  // namespace outpost::embedded
