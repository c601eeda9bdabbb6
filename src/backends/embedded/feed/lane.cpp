#include "backends/embedded/feed/lane.hpp"

namespace outpost::embedded {

int Lane::add(const OpenDelivery& entry, std::size_t waiting_max) {
    if (const auto loading = find_loading(entry.key); loading != being_loaded_.end()) {
        *loading = entry;
        return 0;
    }
    int change = remove(entry.key);
    if (waiting_.size() >= waiting_max) {
        const auto last = std::prev(waiting_.end());
        note_in_table(std::max(last->second.due_ms, entry.due_ms));
        if (last->first < place_of(entry)) return change;
        change += remove(last->second.key);
    }
    waiting_.emplace(place_of(entry), entry);
    due_of_[entry.key] = entry.due_ms;
    return change + 1;
}

int Lane::remove(const model::DeliveryKey& key) {
    if (const auto loading = find_loading(key); loading != being_loaded_.end()) being_loaded_.erase(loading);
    const auto known = due_of_.find(key);
    if (known == due_of_.end()) return 0;
    waiting_.erase({known->second, key});
    due_of_.erase(known);
    return -1;
}

std::optional<OpenDelivery> Lane::find(const model::DeliveryKey& key) const {
    if (const auto known = due_of_.find(key); known != due_of_.end()) return waiting_.at({known->second, key});
    const auto loading = std::ranges::find(being_loaded_, key, &OpenDelivery::key);
    return loading == being_loaded_.end() ? std::nullopt : std::optional(*loading);
}

bool Lane::contains(const model::DeliveryKey& key) const {
    return due_of_.contains(key) || std::ranges::find(being_loaded_, key, &OpenDelivery::key) != being_loaded_.end();
}

std::vector<OpenDelivery>::iterator Lane::find_loading(const model::DeliveryKey& key) {
    return std::ranges::find(being_loaded_, key, &OpenDelivery::key);
}

bool Lane::has_due(TimePoint now) const {
    return !waiting_.empty() && waiting_.begin()->second.due_ms <= unix_ms(now);
}

OpenDelivery Lane::take_first() {
    OpenDelivery entry = waiting_.begin()->second;
    due_of_.erase(entry.key);
    waiting_.erase(waiting_.begin());
    return entry;
}

std::vector<OpenDelivery> Lane::begin_loading(TimePoint now, std::size_t count) {
    ASSERT(!loading_);
    loading_ = true;
    while (being_loaded_.size() < count && has_due(now)) {
        const auto first = waiting_.begin();
        due_of_.erase(first->second.key);
        being_loaded_.push_back(std::move(first->second));
        waiting_.erase(first);
    }
    return being_loaded_;
}

std::optional<OpenDelivery> Lane::take_loading(const model::DeliveryKey& key) {
    const auto loading = find_loading(key);
    if (loading == being_loaded_.end()) return std::nullopt;
    OpenDelivery entry = *loading;
    being_loaded_.erase(loading);
    return entry;
}

void Lane::end_loading() {
    ASSERT(being_loaded_.empty());
    loading_ = false;
}

bool Lane::wants_fetch(TimePoint now) const {
    return !fetching_ && has_due_in_table(now) && paused_until_ms_ <= unix_ms(now) && !has_due(now);
}

std::size_t Lane::begin_fetch(std::size_t wanted) {
    fetching_ = true;
    in_table_from_.reset();
    return wanted + waiting_.size() + being_loaded_.size() + held;
}

int Lane::end_fetch(const Projector::Fetched& fetched, const Held& held_keys, std::size_t waiting_max) {
    fetching_ = false;
    int change = 0;
    for (const OpenDelivery& entry : fetched.deliveries) {
        if (held_keys.contains(entry.key) || contains(entry.key) || moved_while_fetching_.contains(entry.key)) continue;
        change += add(entry, waiting_max);
    }
    if (fetched.more_from) note_in_table(*fetched.more_from);
    moved_while_fetching_.clear();
    return change;
}

void Lane::fetch_failed(TimePoint retry_at) {
    fetching_ = false;
    moved_while_fetching_.clear();
    in_table_from_ = unix_ms(retry_at);
}

void Lane::note_in_table(std::int64_t due_ms) {
    in_table_from_ = in_table_from_ ? std::min(*in_table_from_, due_ms) : due_ms;
}

void Lane::note_moved(const model::DeliveryKey& key) {
    if (fetching_) moved_while_fetching_.insert(key);
}

std::optional<TimePoint> Lane::next_time() const {
    if (refused || loading_ || waits_for_turn) return std::nullopt;  // demand, the end of loading, its turn go on
    std::optional<std::int64_t> next;
    if (!waiting_.empty()) next = waiting_.begin()->second.due_ms;
    if (in_table_from_ && !fetching_) {
        const std::int64_t table = std::max(*in_table_from_, paused_until_ms_);
        next = next ? std::min(*next, table) : table;
    }
    return next ? std::optional(from_unix_ms(*next)) : std::nullopt;
}

}  // namespace outpost::embedded
