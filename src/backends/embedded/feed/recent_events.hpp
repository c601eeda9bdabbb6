// The newest events that could not be handed out at once: what waits briefly need not be read from the log again.
#pragma once

#include "model/delivery.hpp"

#include <deque>
#include <unordered_map>

namespace outpost::embedded {

/// First in, first out, within a budget of payload bytes. On one shard.
class RecentEvents {
public:
    explicit RecentEvents(std::size_t bytes_max) : bytes_max_(bytes_max) {}

    void keep(const model::EventRef& ref, const model::EventPtr& event) {
        if (!events_.try_emplace(place(ref), event).second) return;
        order_.push_back(ref);
        bytes_ += size_of(*event);
        while (bytes_ > bytes_max_ && !order_.empty()) {
            const auto oldest = events_.find(place(order_.front()));
            bytes_ -= size_of(*oldest->second);
            events_.erase(oldest);
            order_.pop_front();
        }
    }
    /// Null when it is not here.
    model::EventPtr find(const model::EventRef& ref) const {
        const auto known = events_.find(place(ref));
        return known == events_.end() ? nullptr : known->second;
    }
    std::size_t bytes() const { return bytes_; }

private:
    static constexpr std::size_t kOverhead = 512;  // of an event without its payload, with the entries here
    static std::uint64_t place(const model::EventRef& ref) { return std::uint64_t(ref.segment) << 32 | ref.row; }
    static std::size_t size_of(const model::Event& event) { return event.data.size() + kOverhead; }

    std::size_t bytes_max_;
    std::size_t bytes_ = 0;
    std::unordered_map<std::uint64_t, model::EventPtr> events_;  // by place, in one number
    std::deque<model::EventRef> order_;
};

}  // namespace outpost::embedded
