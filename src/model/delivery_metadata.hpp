// The string map that goes with every delivery; each type carries it in its own way (destinations.md §1.8).
#pragma once

#include "base/time.hpp"
#include "model/destination.hpp"
#include "model/event.hpp"

namespace outpost::model {

/// The lowest layer: `event-id`, `topic` (may be empty), `timestamp` (this attempt's, whole seconds) and, if wanted,
/// `timestamp-ms`.
StringMap system_metadata(const Event& event, TimePoint attempt_time, bool with_milliseconds);

/// All three layers, later ones win: system, the destination's `delivery_metadata`, the event's `metadata`.
/// @param with_milliseconds  DESTINATIONS_INCLUDE_MILLISECOND_TIMESTAMP
StringMap delivery_metadata(const Event& event, const Destination& destination, TimePoint attempt_time,
                            bool with_milliseconds);

}  // namespace outpost::model
