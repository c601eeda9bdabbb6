#include "backends/embedded/feed/lane.hpp"

namespace outpost::embedded {

int Lane::add(const OpenDelivery& entry, bool room) {
    int change = remove(entry.key) ? -1 : 0;
    if (waiting_.size() >= (room ? kLaneWaitingMax : kLaneFloor)) {
        note_in_table(entry.due_ms);
        return change;
    }
    by_key_[entry.key] = waiting_.emplace(entry.due_ms, entry);
    return change + 1;
}

bool Lane::remove(const model::DeliveryKey& key) {
    const auto known = by_key_.find(key);
    if (known == by_key_.end()) return false;
    waiting_.erase(known->second);
    by_key_.erase(known);
    return true;
}

std::optional<OpenDelivery> Lane::find(const model::DeliveryKey& key) const {
    const auto known = by_key_.find(key);
    return known == by_key_.end() ? std::nullopt : std::optional(known->second->second);
}

std::vector<OpenDelivery> Lane::take_due(TimePoint now, std::size_t count) {
    std::vector<OpenDelivery> due;
    while (due.size() < count && has_due(now)) {
        const auto first = waiting_.begin();
        by_key_.erase(first->second.key);
        due.push_back(std::move(first->second));
        waiting_.erase(first);
    }
    return due;
}

bool Lane::has_due(TimePoint now) const { return !waiting_.empty() && waiting_.begin()->first <= unix_ms(now); }

bool Lane::wants_fetch(TimePoint now) const {
    return !fetching_ && in_table_from_ && *in_table_from_ <= unix_ms(now) && !has_due(now);
}

void Lane::fetch_started() {
    fetching_ = true;
    in_table_from_.reset();
    closed_while_fetching_.clear();
}

int Lane::fetch_finished(const Projector::Fetched& fetched, const Held& held_keys, bool room) {
    fetching_ = false;
    int change = 0;
    for (const OpenDelivery& entry : fetched.deliveries) {
        if (held_keys.contains(entry.key) || by_key_.contains(entry.key)) continue;
        if (std::ranges::find(closed_while_fetching_, entry.key) != closed_while_fetching_.end()) continue;
        change += add(entry, room);
    }
    if (fetched.more_from) note_in_table(*fetched.more_from);
    closed_while_fetching_.clear();
    return change;
}

void Lane::fetch_failed(TimePoint retry_at) {
    fetching_ = false;
    closed_while_fetching_.clear();
    in_table_from_ = unix_ms(retry_at);
}

void Lane::note_in_table(std::int64_t due_ms) {
    in_table_from_ = in_table_from_ ? std::min(*in_table_from_, due_ms) : due_ms;
}

void Lane::note_closed(const model::DeliveryKey& key) {
    if (fetching_) closed_while_fetching_.push_back(key);
}

std::optional<TimePoint> Lane::next_time() const {
    if (refused || loading) return std::nullopt;  // demand or the end of loading goes on
    std::optional<std::int64_t> next;
    if (!waiting_.empty()) next = waiting_.begin()->first;
    if (in_table_from_ && !fetching_) next = next ? std::min(*next, *in_table_from_) : *in_table_from_;
    return next ? std::optional(from_unix_ms(*next)) : std::nullopt;
}

}  // namespace outpost::embedded
