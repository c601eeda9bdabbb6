// The sinks' side of a ledger fake: offers what is due, keeps what was refused, knows what is held.
#pragma once

#include "base/shards.hpp"
#include "ports/ledger.hpp"

#include <deque>
#include <map>
#include <set>

namespace outpost::ports::fakes {

/// Offers happen on the owner shard, never from within a call. All shards on one thread.
class Offering {
public:
    explicit Offering(const Shards& shards) : shards_(shards) {}

    void subscribe(std::size_t shard, DeliverySink& sink);
    /// Takes a due delivery that is neither queued nor held, and offers it soon.
    void push(model::Delivery delivery);
    /// Marks a queued delivery manual; nothing for others.
    void mark_manual(const model::DeliveryKey& key);
    /// Forgets it, whether queued or held.
    void withdraw(const model::DeliveryKey& key);
    /// The sink took it and it was not withdrawn since.
    bool holds(const model::DeliveryKey& key) const { return held_.contains(key); }
    /// Held, or queued to be offered.
    bool has(const model::DeliveryKey& key) const;
    void demand(const model::DestinationKey& destination);

private:
    struct Line {
        std::deque<model::Delivery> queued;
        bool full = false;  ///< the sink refused; until demand()
        bool pump_posted = false;
    };
    void pump_soon(const model::DestinationKey& destination);
    void pump(const model::DestinationKey& destination);
    bool offer_first(Line& line, DeliverySink& sink);

    const Shards& shards_;
    std::vector<DeliverySink*> sinks_;
    std::map<model::DestinationKey, Line> lines_;
    std::set<model::DeliveryKey> queued_;
    std::set<model::DeliveryKey> held_;
    std::shared_ptr<int> alive_ = std::make_shared<int>();  // shared: a posted pump may outlive this object
};

}  // namespace outpost::ports::fakes
