#include "manage/destinations/listing.hpp"

#include "model/topics.hpp"

namespace outpost::manage {
namespace {

bool takes_everything(const model::Destination& destination) {
    return destination.topics.size() == 1 && destination.topics.front() == "*";
}

bool takes(const model::Destination& destination, const std::string& topic, bool allow_wildcards) {
    return std::ranges::any_of(destination.topics, [&](const std::string& entry) {
        return entry == topic || (allow_wildcards && model::glob_matches(entry, topic));
    });
}

}  // namespace

bool is_listed(const model::Destination& destination, const DestinationFilter& filter, bool allow_wildcards) {
    if (!filter.types.empty() && std::ranges::find(filter.types, destination.type) == filter.types.end()) return false;
    if (filter.topics.empty()) return true;
    const bool everything = takes_everything(destination);
    if (filter.topics.size() == 1 && filter.topics.front() == "*") return everything;
    return everything || std::ranges::all_of(filter.topics, [&](const std::string& topic) {
               return takes(destination, topic, allow_wildcards);
           });
}

}  // namespace outpost::manage
