// The string map that goes with every delivery; each type carries it in its own way (destinations.md §1.8).
#pragma once

#include "base/time.hpp"
#include "model/destination.hpp"
#include "model/event.hpp"

namespace outpost::model {

/// Calls visit(key, value) for what system_metadata() holds, by key, without making a map of it.
template <class Visit>
void for_each_system_metadata(const Event& event, TimePoint attempt_time, bool with_milliseconds, Visit visit) {
    visit(std::string_view("event-id"), std::string(event.id.value));
    visit(std::string_view("timestamp"), to_rfc3339_seconds(attempt_time));
    if (with_milliseconds) visit(std::string_view("timestamp-ms"), to_rfc3339(attempt_time));
    visit(std::string_view("topic"), std::string(event.topic));
}

/// The lowest layer: `event-id`, `topic` (may be empty), `timestamp` (this attempt's, whole seconds) and, if wanted,
/// `timestamp-ms`.
StringMap system_metadata(const Event& event, TimePoint attempt_time, bool with_milliseconds);

/// All three layers, later ones win: system, the destination's `delivery_metadata`, the event's `metadata`.
/// @param with_milliseconds  DESTINATIONS_INCLUDE_MILLISECOND_TIMESTAMP
StringMap delivery_metadata(const Event& event, const Destination& destination, TimePoint attempt_time,
                            bool with_milliseconds);

}  // namespace outpost::model
