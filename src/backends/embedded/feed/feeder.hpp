// Hands due deliveries to a shard's sink: the memory side of the schedule (design.md §4 "What waits in memory").
#pragma once

#include "backends/embedded/feed/lane.hpp"
#include "backends/embedded/log/journal.hpp"
#include "base/alarm.hpp"
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

inline constexpr std::size_t kLoadsMax = 64;  ///< lanes of one shard whose events are being read at the same time

/// One a shard, on its thread. Every delivery of the shard's destinations is, at any time, in exactly one of: the sink,
/// a lane's memory, the table alone.
class Feeder {
public:
    Feeder(FeedSource& source, Clock& clock, Executor executor);

    void subscribe(ports::DeliverySink& sink) { sink_ = &sink; }
    /// What the table holds at start.
    void start(const std::vector<Projector::Backlog>& backlogs);

    /// Deliveries that have just become durable.
    void accepted(std::vector<NewDelivery> deliveries);
    /// An attempt is on its way to the log: whoever asks from now on must not give out its number again (decision B8).
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
    /// For AttemptWatch.
    void watch(const model::DeliveryKey& key) { ++watched_[key].watchers; }
    void unwatch(const model::DeliveryKey& key);
    std::uint32_t watched_attempts(const model::DeliveryKey& key) const { return watched_.at(key).attempts; }
    /// How many deliveries wait in memory. For tests and metrics.
    std::size_t waiting() const { return waiting_; }
    std::size_t held() const { return held_.size(); }

    /// Hands out nothing more, and waits for the reads that are under way.
    Task<void> close();

private:
    Lane& lane(std::uint32_t destination);
    void count(int change) { waiting_ = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(waiting_) + change); }
    void add(Lane& lane, const OpenDelivery& entry) { count(lane.add(entry, has_room())); }
    bool offer(Lane& lane, model::Delivery delivery);
    bool release(const model::DeliveryKey& key);
    void work(std::uint32_t destination);
    void begin_loading(std::uint32_t destination, Lane& lane, TimePoint now);
    void loaded(Lane& lane, OpenDelivery entry, model::EventPtr event, TimePoint again);
    void next_turn();
    void schedule(std::uint32_t destination, TimePoint at);
    void set_alarm();
    void ring();
    void forget_if_empty(std::uint32_t destination);
    bool has_room() const { return waiting_ < kShardWaitingMax; }
    Task<void> load(std::uint32_t destination, std::vector<OpenDelivery> entries);
    Task<void> fetch(std::uint32_t destination);

    FeedSource& source_;
    Clock& clock_;
    ports::DeliverySink* sink_ = nullptr;
    TaskGroup tasks_;
    Alarm alarm_;
    std::unordered_map<std::uint32_t, Lane> lanes_;
    Held held_;
    std::set<std::pair<TimePoint, std::uint32_t>> agenda_;  ///< when a lane wants to be looked at: one entry each
    std::unordered_map<std::uint32_t, TimePoint> agenda_of_;
    struct Watched {
        std::size_t watchers = 0;
        std::uint32_t attempts = 0;
    };
    std::unordered_map<model::DeliveryKey, Watched> watched_;
    std::size_t waiting_ = 0;
    std::size_t loads_ = 0;
    std::deque<std::uint32_t> load_turns_;  ///< lanes that wait until others have loaded: each once
    bool writable_ = true;
    bool closed_ = false;
};

/// Learns the number of every attempt of a delivery that goes to the log while the watch lives, so that what was looked
/// up elsewhere meanwhile is not used when it is out of date. On the feeder's shard.
class AttemptWatch {
public:
    AttemptWatch(Feeder& feeder, const model::DeliveryKey& key) : feeder_(feeder), key_(key) { feeder_.watch(key_); }
    ~AttemptWatch() { feeder_.unwatch(key_); }
    AttemptWatch(const AttemptWatch&) = delete;
    AttemptWatch& operator=(const AttemptWatch&) = delete;

    /// The highest number; 0 when there was none.
    std::uint32_t settled() const { return feeder_.watched_attempts(key_); }

private:
    Feeder& feeder_;
    model::DeliveryKey key_;
};

}  // namespace outpost::embedded
