// Whose turn it is: round robin over tenants, then over the tenant's destinations (design.md §5). Pure.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <utility>

namespace outpost::pipeline {

/// A ring of tenants, each with a ring of destinations. Every operation takes constant time.
class RoundRobin {
public:
    /// Puts a destination at the end of its tenant's turn. The caller adds each one once at a time.
    void push(std::uint32_t tenant, std::uint32_t destination) {
        auto& ring = destinations_[tenant];
        if (ring.empty()) tenants_.push_back(tenant);
        ring.push_back(destination);
    }

    /// The next destination; its tenant moves to the end of the ring.
    std::optional<std::uint32_t> pop() {
        if (tenants_.empty()) return std::nullopt;
        const std::uint32_t tenant = tenants_.front();
        tenants_.pop_front();
        const auto entry = destinations_.find(tenant);
        const std::uint32_t destination = entry->second.front();
        entry->second.pop_front();
        if (entry->second.empty()) destinations_.erase(entry);
        else tenants_.push_back(tenant);
        return destination;
    }

    bool empty() const { return tenants_.empty(); }

private:
    std::deque<std::uint32_t> tenants_;
    std::unordered_map<std::uint32_t, std::deque<std::uint32_t>> destinations_;
};

}  // namespace outpost::pipeline
