#include "ports/conformance/recording_sink.hpp"

#include <gtest/gtest.h>

namespace outpost::ports::conformance {

bool RecordingSink::offer(model::Delivery delivery) {
    EXPECT_EQ(std::this_thread::get_id(), thread_) << "offered outside the shard's thread";
    EXPECT_EQ(shards_.owner_of(delivery.key.destination.destination), shard_) << "offered to the wrong shard";
    EXPECT_FALSE(held_.contains(delivery.key)) << "offered although the sink holds it";
    EXPECT_NE(delivery.event, nullptr) << "offered without its event";
    if (const auto last = numbers_.find(delivery.key); last != numbers_.end())
        EXPECT_GT(delivery.attempts_settled + 1, last->second) << "an attempt number would repeat";
    if (held_count(delivery.key.destination) >= capacity_) {
        ++refused_;
        return false;
    }
    taken_.push_back(delivery);
    held_.insert_or_assign(delivery.key, std::move(delivery));
    return true;
}

std::size_t RecordingSink::held_count(const model::DestinationKey& destination) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(held_, [&](const auto& held) { return held.first.destination == destination; }));
}

std::size_t RecordingSink::taken_count(const model::DeliveryKey& key) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(taken_, [&](const model::Delivery& taken) { return taken.key == key; }));
}

void RecordingSink::release_settled(const model::DeliveryKey& key, std::uint32_t number) {
    held_.erase(key);
    numbers_[key] = std::max(numbers_[key], number);
}

}  // namespace outpost::ports::conformance
