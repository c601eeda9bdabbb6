#include "model/delivery_metadata.hpp"

namespace outpost::model {

StringMap system_metadata(const Event& event, TimePoint attempt_time, bool with_milliseconds) {
    StringMap metadata;
    const auto add = [&](std::string_view key, std::string value) { metadata.emplace(key, std::move(value)); };
    for_each_system_metadata(event, attempt_time, with_milliseconds, add);
    return metadata;
}

StringMap delivery_metadata(const Event& event, const Destination& destination, TimePoint attempt_time,
                            bool with_milliseconds) {
    StringMap metadata = event.metadata;
    metadata.insert(destination.delivery_metadata.begin(), destination.delivery_metadata.end());
    metadata.merge(system_metadata(event, attempt_time, with_milliseconds));
    return metadata;
}

}  // namespace outpost::model
