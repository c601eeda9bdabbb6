#include "pipeline/deliver/publishers.hpp"

namespace outpost::pipeline {

Result<std::shared_ptr<ports::Publisher>> Publishers::get(
    const std::shared_ptr<const model::StoredDestination>& destination) {
    const std::uint32_t number = destination->key.destination;
    if (const auto known = open_.find(number); known != open_.end()) {
        if (known->second.version == destination->version &&
            known->second.incarnation == destination->key.incarnation) {
            uses_.splice(uses_.begin(), uses_, known->second.use);
            return known->second.publisher;
        }
        uses_.erase(known->second.use);
        open_.erase(known);
    }
    const auto provider = providers_.find(destination->destination.type);
    if (provider == providers_.end()) {
        return fail(Errc::not_found,
                    fmt::format("this build has no destination type {}", destination->destination.type));
    }
    TRY(std::shared_ptr<ports::Publisher> publisher, provider->second->open(destination));
    uses_.push_front(number);
    open_.emplace(number, Open{destination->version, destination->key.incarnation, publisher, uses_.begin()});
    if (open_.size() > kPublishersMax) {
        open_.erase(uses_.back());
        uses_.pop_back();
    }
    return publisher;
}

}  // namespace outpost::pipeline
