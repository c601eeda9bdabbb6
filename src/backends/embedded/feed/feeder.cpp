#include "backends/embedded/feed/feeder.hpp"

#include "base/log.hpp"
#include "model/retry_policy.hpp"

namespace outpost::embedded {
namespace {

constexpr std::size_t kLoadBatch = 32;                      // events read at once
constexpr auto kRetryReadAfter = std::chrono::seconds(1);   // after a read failed
constexpr auto kLookAgainAfter = std::chrono::seconds(1);   // at what was about to be closed
constexpr auto kRetryMissingAfter = std::chrono::hours(1);  // an event that is gone or damaged rarely comes back
// Of a time that is stored: one that is farther off was written while the clock was wrong.
constexpr Milliseconds kWaitMax = 2 * model::kRetryDelayMax;

}  // namespace

Feeder::Feeder(FeedSource& source, Clock& clock, Executor executor, FeedLimits limits)
    : source_(source),
      clock_(clock),
      time_(clock),
      limits_(limits),
      tasks_(executor, "feeder"),
      alarm_(clock, executor, "feeder alarm", [this] { ring(); }),
      recent_(limits.recent_bytes_max) {}

/// Where a stored time lies on the feeder's own time line, and no farther from now than `wait_max`.
std::int64_t Feeder::place_of(std::int64_t due_ms, Milliseconds wait_max) {
    return unix_ms(std::min(time_.from_wall(from_unix_ms(due_ms)), time_.now() + std::min(wait_max, kWaitMax)));
}

/// Where the next attempt lies: at its time, no farther off than was planned, and no nearer when the wall clock was set
/// after that time was chosen.
std::int64_t Feeder::place_of_next(const ports::Settlement& settlement) {
    const Milliseconds planned = *settlement.next_due - settlement.attempt.time;
    if (time_.was_set_since(settlement.attempt.time)) return unix_ms(time_.now() + planned);
    return place_of(unix_ms(*settlement.next_due), planned);
}

Lane& Feeder::lane(std::uint32_t destination) {
    return lanes_[destination];
}

void Feeder::start(const std::vector<Projector::Backlog>& backlogs) {
    for (const Projector::Backlog& backlog : backlogs) {
        lane(backlog.destination).note_in_table(place_of(backlog.first_due_ms));
        work(backlog.destination);
    }
}

void Feeder::accepted(std::vector<NewDelivery> deliveries) {
    const TimePoint now = time_.now();
    for (NewDelivery& fresh : deliveries) {
        const std::uint32_t destination = fresh.key.destination.destination;
        Lane& target = lane(destination);
        // The projections may have seen the row, and a fetch have brought it, before this call came.
        if (held_.contains(fresh.key) || target.contains(fresh.key)) continue;
        const bool others_first = target.refused || target.loading() || target.fetching() || target.has_due(now) ||
                                  target.has_due_in_table(now);
        if (writable_ && !closed_ && !others_first) {
            if (offer(target, {.key = fresh.key, .event = fresh.event})) continue;
        }
        recent_.keep(fresh.key.event, fresh.event);
        // Behind a backlog it stays in the table: a steady stream must not keep what is older from its turn.
        if (!target.has_due_in_table(now)) {
            add(target, {.key = fresh.key, .attempts = 0, .due_ms = unix_ms(now), .manual = false});
        }
        work(destination);
    }
}

bool Feeder::offer(Lane& target, model::Delivery delivery) {
    const model::DeliveryKey key = delivery.key;
    if (held_.emplace(key, delivery.attempts_settled).second) ++target.held;
    if (sink_->offer(std::move(delivery))) return true;
    release(key);
    target.refused = true;
    return false;
}

bool Feeder::release(const model::DeliveryKey& key) {
    if (held_.erase(key) == 0) return false;
    --lane(key.destination.destination).held;
    return true;
}

void Feeder::settling(const ports::Settlement& settlement) {
    const auto held = held_.find(settlement.key);
    if (held != held_.end()) held->second = std::max(held->second, settlement.attempt.number);
    const auto watched = watched_.find(settlement.key);
    if (watched == watched_.end()) return;
    watched->second.attempts = std::max(watched->second.attempts, settlement.attempt.number);
}

void Feeder::watch(const model::DeliveryKey& key, bool closing) {
    Watched& watched = watched_[key];
    ++watched.watchers;
    if (closing) ++watched.closing;
}

void Feeder::unwatch(const model::DeliveryKey& key, bool closing) {
    const auto watched = watched_.find(key);
    if (closing) --watched->second.closing;
    if (--watched->second.watchers == 0) watched_.erase(watched);
}

bool Feeder::is_being_closed(const model::DeliveryKey& key) const {
    const auto watched = watched_.find(key);
    return watched != watched_.end() && watched->second.closing > 0;
}

void Feeder::settled(const ports::Settlement& settlement) {
    const model::DeliveryKey& key = settlement.key;
    const std::uint32_t destination = key.destination.destination;
    Lane& target = lane(destination);
    release(key);
    target.note_moved(key);
    if (settlement.next_due) {
        add(target, {.key = key,
                     .attempts = settlement.attempt.number,
                     .due_ms = place_of_next(settlement),
                     .manual = settlement.next_manual});
    } else {
        count(target.remove(key));  // re-opened while this attempt ran: the newest row decides, here as in the log
    }
    work(destination);
}

void Feeder::decided(const DecisionRow& row) {
    const model::DeliveryKey& key = row.decision.key;
    const std::uint32_t destination = key.destination.destination;
    Lane& target = lane(destination);
    if (row.due_ms == kClosed) {
        release(key);
        target.note_moved(key);
        count(target.remove(key));
    } else if (!held_.contains(key)) {  // else the sink knows: it sends once more after what it holds
        target.note_moved(key);
        add(target, {.key = key, .attempts = row.attempts, .due_ms = unix_ms(time_.now()), .manual = true});
    }
    work(destination);
}

void Feeder::postponed(const model::Delivery& delivery, TimePoint until) {
    if (!release(delivery.key)) return;
    const std::uint32_t destination = delivery.key.destination.destination;
    Lane& target = lane(destination);
    target.pause_table(time_.now() + kRetryReadAfter);  // it calls this delivery due
    add(target, {.key = delivery.key,
                 .attempts = delivery.attempts_settled,
                 .due_ms = place_of(unix_ms(until)),
                 .manual = delivery.manual});
    work(destination);
}

void Feeder::demand(std::uint32_t destination) {
    const auto known = lanes_.find(destination);
    if (known == lanes_.end() || !known->second.refused) return;
    known->second.refused = false;
    work(destination);
}

void Feeder::set_writable(bool writable) {
    writable_ = writable;
    if (!writable) return;
    std::vector<std::uint32_t> all;
    for (const auto& entry : lanes_) all.push_back(entry.first);
    for (const std::uint32_t destination : all) work(destination);
}

std::optional<std::uint32_t> Feeder::attempts_of(const model::DeliveryKey& key) const {
    if (const auto held = held_.find(key); held != held_.end()) return held->second;
    const auto known = lanes_.find(key.destination.destination);
    if (known == lanes_.end()) return std::nullopt;
    const auto waiting = known->second.find(key);
    return waiting ? std::optional(waiting->attempts) : std::nullopt;
}

void Feeder::work(std::uint32_t destination) {
    if (closed_ || !writable_) return;
    Lane& target = lane(destination);
    const TimePoint now = time_.now();
    if (!target.loading()) offer_recent(target, now);
    if (!target.refused && !target.loading() && target.has_due(now)) begin_loading(destination, target, now);
    if (!target.refused && !target.loading() && target.wants_fetch(now)) tasks_.start(fetch(destination));
    if (const auto next = target.next_time()) schedule(destination, std::max(*next, now));
    forget_if_empty(destination);
}

/// Hands out what is due, in order, as long as its events need not be read.
void Feeder::offer_recent(Lane& target, TimePoint now) {
    while (!target.refused && target.has_due(now)) {
        model::EventPtr event = recent_.find(target.first().key.event);
        if (event == nullptr) return;
        --waiting_;
        loaded(target, target.take_first(), std::move(event), now);
    }
}

void Feeder::begin_loading(std::uint32_t destination, Lane& target, TimePoint now) {
    if (target.waits_for_turn) return;
    if (loads_ >= limits_.loads_max) {
        target.waits_for_turn = true;
        load_turns_.push_back(destination);
        return;
    }
    ++loads_;
    std::vector<OpenDelivery> due = target.begin_loading(now, kLoadBatch);
    waiting_ -= due.size();
    tasks_.start(load(destination, std::move(due)));
}

void Feeder::next_turn() {
    while (loads_ < limits_.loads_max && !load_turns_.empty()) {
        const std::uint32_t destination = load_turns_.front();
        load_turns_.pop_front();
        lane(destination).waits_for_turn = false;
        work(destination);
    }
}

void Feeder::forget_if_empty(std::uint32_t destination) {
    const auto known = lanes_.find(destination);
    if (known == lanes_.end()) return;
    const Lane& target = known->second;
    if (target.empty() && !target.refused && !target.waits_for_turn) lanes_.erase(known);
}

void Feeder::schedule(std::uint32_t destination, TimePoint at) {
    const auto [known, fresh] = agenda_of_.try_emplace(destination, at);
    if (!fresh) {
        if (known->second <= at) return;  // looked at before, and then scheduled anew
        agenda_.erase({known->second, destination});
        known->second = at;
    }
    agenda_.emplace(at, destination);
    set_alarm();
}

void Feeder::set_alarm() {
    const Milliseconds wait = agenda_.begin()->first - time_.now();
    alarm_.set_no_later_than(clock_.monotonic() + std::max(wait, Milliseconds(0)));
}

void Feeder::ring() {
    const TimePoint now = time_.now();
    std::vector<std::uint32_t> due;
    while (!agenda_.empty() && agenda_.begin()->first <= now) {
        due.push_back(agenda_.begin()->second);
        agenda_of_.erase(due.back());
        agenda_.erase(agenda_.begin());
    }
    for (const std::uint32_t destination : due) {
        if (lanes_.contains(destination)) work(destination);
    }
    if (!agenda_.empty()) set_alarm();
}

Task<void> Feeder::load(std::uint32_t destination, std::vector<OpenDelivery> entries) {
    std::vector<model::EventRef> refs;
    for (const OpenDelivery& entry : entries) refs.push_back(entry.key.event);
    auto events = co_await source_.load(std::move(refs));
    --loads_;
    Lane& target = lane(destination);
    if (!events) log::error("feed.load_failed", {{"error", events.error().describe()}});
    std::size_t missing = 0;
    model::EventRef first_missing;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto entry = target.take_loading(entries[i].key);
        if (!entry) continue;  // closed while its event was read
        if (events && (*events)[i] == nullptr && ++missing == 1) first_missing = entry->key.event;
        const TimePoint again = time_.now() + (events ? Milliseconds(kRetryMissingAfter) : kRetryReadAfter);
        loaded(target, *entry, events ? std::move((*events)[i]) : nullptr, again);
    }
    if (missing > 0) {
        log::error("feed.events_missing",
                   {{"count", missing}, {"segment", first_missing.segment}, {"row", first_missing.row}});
    }
    target.end_loading();
    next_turn();
    work(destination);
}

void Feeder::loaded(Lane& target, OpenDelivery entry, model::EventPtr event, TimePoint again) {
    const TimePoint now = time_.now();
    if (event == nullptr) {
        target.pause_table(now + kRetryReadAfter);  // it calls this delivery due
        entry.due_ms = unix_ms(again);
    } else if (is_being_closed(entry.key)) {
        entry.due_ms = unix_ms(now + kLookAgainAfter);
    } else if (!target.refused && writable_ && !closed_ && entry.due_ms <= unix_ms(now)) {
        model::Delivery delivery{
            .key = entry.key, .event = std::move(event), .attempts_settled = entry.attempts, .manual = entry.manual};
        if (offer(target, std::move(delivery))) return;
    }
    add(target, entry);
}

Task<void> Feeder::fetch(std::uint32_t destination) {
    const std::size_t limit = lane(destination).begin_fetch(limits_.lane_waiting_max);
    auto fetched = co_await source_.fetch(destination, limit);
    Lane& target = lane(destination);
    if (fetched) {
        for (OpenDelivery& entry : fetched->deliveries) entry.due_ms = place_of(entry.due_ms);
        if (fetched->more_from) fetched->more_from = place_of(*fetched->more_from);
        count(target.end_fetch(*fetched, held_, room()));
    } else {
        log::error("feed.fetch_failed", {{"error", fetched.error().describe()}});
        target.fetch_failed(time_.now() + kRetryReadAfter);
    }
    work(destination);
}

Task<void> Feeder::close() {
    closed_ = true;
    co_await alarm_.close();
    co_await tasks_.join();
}

}  // namespace outpost::embedded
