#include "net/resolver/cache.hpp"

namespace outpost::resolver {

const Outcome* Cache::find(const std::string& host, MonotonicTime now) {
    const auto found = index_.find(host);
    if (found == index_.end()) return nullptr;
    const auto entry = found->second;
    if (now >= entry->until) {
        erase(entry);
        return nullptr;
    }
    entries_.splice(entries_.begin(), entries_, entry);
    return &entry->outcome;
}

void Cache::store(const std::string& host, Outcome outcome, MonotonicTime until) {
    if (const auto found = index_.find(host); found != index_.end()) erase(found->second);
    if (entries_max_ == 0) return;
    if (entries_.size() >= entries_max_) erase(std::prev(entries_.end()));
    entries_.push_front({host, std::move(outcome), until});
    index_.emplace(entries_.front().host, entries_.begin());
}

void Cache::erase(std::list<Entry>::iterator entry) {
    index_.erase(entry->host);
    entries_.erase(entry);
}

}  // namespace outpost::resolver
