// What became of the deliveries of events, over open and sealed segments.
#pragma once

#include "backends/embedded/read/read_session.hpp"
#include "ports/log_reader.hpp"

#include <map>

namespace outpost::embedded {

/// Of one event, by its destinations: those with a fact.
using OutcomeFolds = std::map<model::DestinationKey, ports::OutcomeFold>;

struct NamedEvent {
    model::EventRef ref;  ///< where it was accepted
    EventId id;
};

/// What the log says of these events. Looks into every segment from the oldest of them on: an index each when sealed,
/// unless the segment can't speak of the event; one scan of its tail when not.
Result<std::map<model::EventRef, OutcomeFolds>> fold_outcomes(ReadSession& session, std::vector<NamedEvent> events);

/// See ports::LogReader::outcomes.
Result<std::vector<ports::DeliveryOutcome>> find_outcomes(ReadSession& session, const ports::EventRecord& event);

}  // namespace outpost::embedded
