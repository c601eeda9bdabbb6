// A sink that takes what it has room for and checks, at every offer, what the ledger promises to sinks.
#pragma once

#include "base/shards.hpp"
#include "ports/ledger.hpp"

#include <limits>
#include <map>
#include <thread>

namespace outpost::ports::conformance {

/// Fails the test when it is called on another thread or shard, is offered what it holds, or meets an attempt number
/// that was settled before.
class RecordingSink final : public DeliverySink {
public:
    RecordingSink(const Shards& shards, std::size_t shard) : shards_(shards), shard_(shard) {}

    bool offer(model::Delivery delivery) override;

    /// How many deliveries of one destination it holds at most. Default: any number.
    void set_capacity(std::size_t of_one_destination) { capacity_ = of_one_destination; }

    bool holds(const model::DeliveryKey& key) const { return held_.contains(key); }
    /// What it holds under this key. Must be held.
    const model::Delivery& held(const model::DeliveryKey& key) const { return held_.at(key); }
    std::size_t held_count() const { return held_.size(); }
    std::size_t held_count(const model::DestinationKey& destination) const;
    const std::map<model::DeliveryKey, model::Delivery>& all_held() const { return held_; }
    /// All it ever took, in order.
    const std::vector<model::Delivery>& taken() const { return taken_; }
    std::size_t taken_count(const model::DeliveryKey& key) const;
    std::size_t refused_count() const { return refused_; }

    /// It is done with this delivery: call it just before the ledger call that ends the hold.
    void release(const model::DeliveryKey& key) { held_.erase(key); }
    /// The same, for a settlement that spends this attempt number.
    void release_settled(const model::DeliveryKey& key, std::uint32_t number);
    void forget_held() { held_.clear(); }

private:
    const Shards& shards_;
    std::size_t shard_;
    std::thread::id thread_ = std::this_thread::get_id();
    std::size_t capacity_ = std::numeric_limits<std::size_t>::max();
    std::map<model::DeliveryKey, model::Delivery> held_;
    std::vector<model::Delivery> taken_;
    std::map<model::DeliveryKey, std::uint32_t> numbers_;  ///< the highest one settled
    std::size_t refused_ = 0;
};

}  // namespace outpost::ports::conformance
