// Lists of events over open and sealed segments.
#pragma once

#include "backends/embedded/read/read_session.hpp"
#include "backends/embedded/read/scan.hpp"
#include "ports/log_reader.hpp"

namespace outpost::embedded {

/// Of rows whose outcomes must be looked up, a call takes no more than this.
inline constexpr std::size_t kOutcomeRowsMax = 5'000;

/// See ports::LogReader::list_events. @param limits  of a query whose rows must be looked at, and of the count
Result<ports::EventPage> list_events(ReadSession& session, const ports::EventQuery& query,
                                     const ScanLimits& limits = {});

}  // namespace outpost::embedded
