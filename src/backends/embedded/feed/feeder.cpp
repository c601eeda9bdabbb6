#include "backends/embedded/feed/feeder.hpp"

#include "base/log.hpp"

namespace outpost::embedded {
namespace {

constexpr std::size_t kLoadBatch = 32;                       // events read at once
constexpr auto kRetryReadAfter = std::chrono::seconds(1);    // after a read failed
constexpr auto kSleepMax = std::chrono::seconds(60);         // the wall clock may jump while the alarm sleeps

}  // namespace

Feeder::Feeder(FeedSource& source, Clock& clock, Executor executor)
    : source_(source), clock_(clock), tasks_(executor, "feeder"), alarm_(clock, executor, "feeder alarm", [this] { ring(); }) {}

Lane& Feeder::lane(std::uint32_t destination) { return lanes_[destination]; }

void Feeder::start(const std::vector<Projector::Backlog>& backlogs) {
    for (const Projector::Backlog& backlog : backlogs) {
        lane(backlog.destination).note_in_table(backlog.first_due_ms);
        work(backlog.destination);
    }
}

void Feeder::accepted(std::vector<NewDelivery> deliveries) {
    const TimePoint now = clock_.now();
    for (NewDelivery& fresh : deliveries) {
        const std::uint32_t destination = fresh.key.destination.destination;
        Lane& target = lane(destination);
        const bool others_first = target.refused || target.loading || target.fetching() || target.has_due(now) ||
                                  target.wants_fetch(now);
        if (writable_ && !closed_ && !others_first) {
            model::Delivery delivery{.key = fresh.key, .event = std::move(fresh.event)};
            if (offer(target, std::move(delivery))) continue;
        }
        add(target, {.key = fresh.key, .attempts = 0, .due_ms = unix_ms(now), .manual = false});
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

void Feeder::release(const model::DeliveryKey& key) {
    if (held_.erase(key) == 0) return;
    --lane(key.destination.destination).held;
}

void Feeder::add(Lane& target, const OpenDelivery& entry) {
    waiting_ = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(waiting_) + target.add(entry, has_room()));
}

void Feeder::settled(const ports::Settlement& settlement) {
    const model::DeliveryKey& key = settlement.key;
    const std::uint32_t destination = key.destination.destination;
    Lane& target = lane(destination);
    release(key);
    target.note_closed(key);
    if (settlement.next_due) {
        add(target, {.key = key,
                     .attempts = settlement.attempt.number,
                     .due_ms = unix_ms(*settlement.next_due),
                     .manual = settlement.next_manual});
    }
    work(destination);
}

void Feeder::decided(const DecisionRow& row) {
    const model::DeliveryKey& key = row.decision.key;
    const std::uint32_t destination = key.destination.destination;
    Lane& target = lane(destination);
    if (row.due_ms == kClosed) {
        release(key);
        target.note_closed(key);
        if (target.remove(key)) --waiting_;
    } else if (!held_.contains(key)) {  // else the sink knows: it sends once more after what it holds
        target.note_closed(key);
        add(target, {.key = key, .attempts = row.attempts, .due_ms = row.due_ms, .manual = true});
    }
    work(destination);
}

void Feeder::postponed(const model::Delivery& delivery, TimePoint until) {
    const std::uint32_t destination = delivery.key.destination.destination;
    release(delivery.key);
    add(lane(destination), {.key = delivery.key,
                            .attempts = delivery.attempts_settled,
                            .due_ms = unix_ms(until),
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

std::optional<Feeder::Known> Feeder::find(const model::DeliveryKey& key) const {
    if (const auto held = held_.find(key); held != held_.end()) return Known{Place::in_sink, held->second};
    const auto known = lanes_.find(key.destination.destination);
    if (known == lanes_.end()) return std::nullopt;
    const auto waiting = known->second.find(key);
    if (!waiting) return std::nullopt;
    return Known{Place::waiting, waiting->attempts};
}

void Feeder::work(std::uint32_t destination) {
    if (closed_ || !writable_) return;
    Lane& target = lane(destination);
    const TimePoint now = clock_.now();
    if (!target.refused && !target.loading && target.has_due(now)) {
        std::vector<OpenDelivery> due = target.take_due(now, kLoadBatch);
        waiting_ -= due.size();
        for (const OpenDelivery& entry : due) {
            if (held_.emplace(entry.key, entry.attempts).second) ++target.held;
        }
        target.loading = true;
        tasks_.start(load(destination, std::move(due)));
    }
    if (!target.refused && !target.loading && target.wants_fetch(now)) {
        target.fetch_started();
        tasks_.start(fetch(destination));
    }
    if (const auto next = target.next_time()) schedule(destination, std::max(*next, now));
    forget_if_empty(destination);
}

void Feeder::forget_if_empty(std::uint32_t destination) {
    const auto known = lanes_.find(destination);
    if (known != lanes_.end() && known->second.empty() && !known->second.refused) lanes_.erase(known);
}

void Feeder::schedule(std::uint32_t destination, TimePoint at) {
    const auto known = agenda_of_.find(destination);
    if (known != agenda_of_.end() && known->second <= at) return;  // looked at before, and then scheduled anew
    agenda_of_[destination] = at;
    agenda_.emplace(at, destination);
    const auto wait = std::min<Milliseconds>(agenda_.begin()->first - clock_.now(), kSleepMax);
    alarm_.set_no_later_than(clock_.monotonic() + std::max(wait, Milliseconds(0)));
}

void Feeder::ring() {
    const TimePoint now = clock_.now();
    std::vector<std::uint32_t> due;
    while (!agenda_.empty() && agenda_.begin()->first <= now) {
        const auto [at, destination] = *agenda_.begin();
        agenda_.erase(agenda_.begin());
        const auto known = agenda_of_.find(destination);
        if (known == agenda_of_.end() || known->second != at) continue;  // a stale entry
        agenda_of_.erase(known);
        due.push_back(destination);
    }
    for (const std::uint32_t destination : due) {
        if (lanes_.contains(destination)) work(destination);
    }
    if (agenda_.empty()) return;
    const auto wait = std::min<Milliseconds>(agenda_.begin()->first - clock_.now(), kSleepMax);
    alarm_.set_no_later_than(clock_.monotonic() + std::max(wait, Milliseconds(0)));
}

Task<void> Feeder::load(std::uint32_t destination, std::vector<OpenDelivery> entries) {
    std::vector<model::EventRef> refs;
    for (const OpenDelivery& entry : entries) refs.push_back(entry.key.event);
    auto loaded = co_await source_.load(std::move(refs));
    Lane& target = lane(destination);
    target.loading = false;
    if (!loaded) log::error("feed.load_failed", {{"error", loaded.error().describe()}});
    const TimePoint later = clock_.now() + kRetryReadAfter;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        OpenDelivery entry = entries[i];
        if (!held_.contains(entry.key)) continue;  // closed while its event was read
        if (loaded && (*loaded)[i] == nullptr) {
            log::error("feed.event_missing", {{"segment", entry.key.event.segment}, {"row", entry.key.event.row}});
        }
        const bool have = loaded && (*loaded)[i] != nullptr;
        if (have && !target.refused && writable_ && !closed_) {
            model::Delivery delivery{.key = entry.key,
                                     .event = (*loaded)[i],
                                     .attempts_settled = entry.attempts,
                                     .manual = entry.manual};
            if (offer(target, std::move(delivery))) continue;
        } else {
            release(entry.key);
            if (!have) entry.due_ms = unix_ms(later);
        }
        add(target, entry);
    }
    work(destination);
}

Task<void> Feeder::fetch(std::uint32_t destination) {
    auto fetched = co_await source_.fetch(destination, kLaneWaitingMax + lane(destination).held);
    Lane& target = lane(destination);
    if (fetched) {
        const int change = target.fetch_finished(*fetched, held_, has_room());
        waiting_ = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(waiting_) + change);
    } else {
        log::error("feed.fetch_failed", {{"error", fetched.error().describe()}});
        target.fetch_failed(clock_.now() + kRetryReadAfter);
    }
    work(destination);
}

Task<void> Feeder::close() {
    closed_ = true;
    co_await alarm_.close();
    co_await tasks_.join();
}

}  // namespace outpost::embedded
