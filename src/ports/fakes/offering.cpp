#include "ports/fakes/offering.hpp"

namespace outpost::ports::fakes {

void Offering::subscribe(std::size_t shard, DeliverySink& sink) {
    ASSERT(shard < shards_.size());
    sinks_.resize(shards_.size());
    sinks_[shard] = &sink;
    for (const auto& [destination, line] : lines_) pump_soon(destination);
}

void Offering::push(model::Delivery delivery) {
    ASSERT(!has(delivery.key));
    const model::DestinationKey destination = delivery.key.destination;
    queued_.insert(delivery.key);
    lines_[destination].queued.push_back(std::move(delivery));
    pump_soon(destination);
}

void Offering::mark_manual(const model::DeliveryKey& key) {
    const auto line = lines_.find(key.destination);
    if (line == lines_.end()) return;
    for (model::Delivery& delivery : line->second.queued)
        if (delivery.key == key) delivery.manual = true;
}

void Offering::withdraw(const model::DeliveryKey& key) {
    held_.erase(key);
    if (queued_.erase(key) == 0) return;
    std::erase_if(lines_[key.destination].queued, [&](const auto& delivery) { return delivery.key == key; });
}

bool Offering::has(const model::DeliveryKey& key) const {
    return held_.contains(key) || queued_.contains(key);
}

void Offering::demand(const model::DestinationKey& destination) {
    const auto line = lines_.find(destination);
    if (line == lines_.end()) return;
    line->second.full = false;
    pump_soon(destination);
}

void Offering::pump_soon(const model::DestinationKey& destination) {
    Line& line = lines_[destination];
    if (line.pump_posted) return;
    line.pump_posted = true;
    const std::size_t shard = shards_.owner_of(destination.destination);
    boost::asio::post(shards_.executor(shard), [this, destination, alive = std::weak_ptr<int>(alive_)] {
        if (!alive.expired()) pump(destination);
    });
}

void Offering::pump(const model::DestinationKey& destination) {
    Line& line = lines_[destination];
    line.pump_posted = false;
    const std::size_t shard = shards_.owner_of(destination.destination);
    if (shard >= sinks_.size() || sinks_[shard] == nullptr) return;
    while (!line.queued.empty() && !line.full && offer_first(line, *sinks_[shard])) {
    }
}

bool Offering::offer_first(Line& line, DeliverySink& sink) {
    // The sink may call back while it looks at the offer: the delivery counts as held from before the call.
    model::Delivery delivery = line.queued.front();
    line.queued.pop_front();
    queued_.erase(delivery.key);
    held_.insert(delivery.key);
    if (sink.offer(delivery)) return true;
    held_.erase(delivery.key);
    queued_.insert(delivery.key);
    line.queued.push_front(std::move(delivery));
    line.full = true;
    return false;
}

}  // namespace outpost::ports::fakes
