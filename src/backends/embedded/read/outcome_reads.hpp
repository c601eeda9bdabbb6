// What became of the deliveries of one event, over open and sealed segments.
#pragma once

#include "backends/embedded/read/read_session.hpp"
#include "ports/log_reader.hpp"

namespace outpost::embedded {

/// See ports::LogReader::outcomes. Looks into every segment from the event's own on: an index each when sealed, a scan
/// of its tail when not.
Result<std::vector<ports::DeliveryOutcome>> find_outcomes(ReadSession& session, const ports::EventRecord& event);

}  // namespace outpost::embedded
