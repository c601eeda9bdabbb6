// Hands due deliveries to a shard's sink: the memory side of the schedule (design.md §4 "What waits in memory").
#pragma once

#include "backends/embedded/feed/lane.hpp"
#include "backends/embedded/log/journal.hpp"
#include "base/alarm.hpp"
#include "ports/ledger.hpp"

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

/// One a shard, on its thread. Every delivery of the shard's destinations is, at any time, in exactly one of: the sink
/// (or on its way there), a lane's memory, the table.
class Feeder {
public:
    Feeder(FeedSource& source, Clock& clock, Executor executor);

    void subscribe(ports::DeliverySink& sink) { sink_ = &sink; }
    /// What the table holds at start.
    void start(const std::vector<Projector::Backlog>& backlogs);

    /// Deliveries that have just become durable.
    void accepted(std::vector<NewDelivery> deliveries);
    /// An attempt is durable.
    void settled(const ports::Settlement& settlement);
    /// A decision is durable. @param row  with the attempts that were looked up
    void decided(const DecisionRow& row);
    void postponed(const model::Delivery& delivery, TimePoint until);
    void demand(std::uint32_t destination);
    /// While the log can't be written nothing is handed out (design.md §4 "Failure").
    void set_writable(bool writable);

    /// What memory knows of a delivery; none: ask the table.
    enum class Place { in_sink, waiting };
    struct Known {
        Place place;
        std::uint32_t attempts;
    };
    std::optional<Known> find(const model::DeliveryKey& key) const;

    Task<void> close();

private:
    Lane& lane(std::uint32_t destination);
    void add(Lane& lane, const OpenDelivery& entry);
    bool offer(Lane& lane, model::Delivery delivery);
    void release(const model::DeliveryKey& key);
    void work(std::uint32_t destination);
    void schedule(std::uint32_t destination, TimePoint at);
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
    std::multimap<TimePoint, std::uint32_t> agenda_;  ///< when a lane wants to be looked at; may hold stale entries
    std::unordered_map<std::uint32_t, TimePoint> agenda_of_;
    std::size_t waiting_ = 0;
    bool writable_ = true;
    bool closed_ = false;
};

}  // namespace outpost::embedded
