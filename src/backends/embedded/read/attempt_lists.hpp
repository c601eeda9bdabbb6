// Lists of attempts over open and sealed segments.
#pragma once

#include "backends/embedded/read/read_session.hpp"
#include "backends/embedded/read/scan.hpp"
#include "ports/log_reader.hpp"

namespace outpost::embedded {

/// See ports::LogReader::list_attempts. @param limits  of a query whose rows must be looked at, and of the count
Result<ports::AttemptPage> list_attempts(ReadSession& session, const ports::AttemptQuery& query,
                                         const ScanLimits& limits = {});

}  // namespace outpost::embedded
