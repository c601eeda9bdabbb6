#include "model/delivery_metadata.hpp"

namespace outpost::model {

StringMap system_metadata(const Event& event, TimePoint attempt_time, bool with_milliseconds) {
    StringMap metadata = {
        {"event-id", event.id.value}, {"topic", event.topic}, {"timestamp", to_rfc3339_seconds(attempt_time)}};
    if (with_milliseconds) metadata.emplace("timestamp-ms", to_rfc3339(attempt_time));
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
