// Which events of a list fit by what only their rows tell: payload and outcomes (portal.md §15a N5).
#pragma once

#include "backends/embedded/read/read_session.hpp"
#include "backends/embedded/read/scan.hpp"
#include "ports/log_reader.hpp"

namespace outpost::embedded {

/// @param destinations  inner numbers: only what became of deliveries to these counts; empty: all
Result<Choice> choose_events(ReadSession& session, const ports::EventQuery& query,
                             const std::vector<std::int64_t>& destinations, const std::vector<Candidate>& rows);

}  // namespace outpost::embedded
