// The contract of ports/destination_health.hpp as tests. Instantiate it for every DestinationHealth; deliveries are
// made through the ledger beside it.
#pragma once

#include "ports/conformance/log_reader_suite.hpp"

namespace outpost::ports::conformance {

class DestinationHealthSuite : public LogReaderSuite {
protected:
    /// After the time by which an implementation may be behind.
    std::vector<Backlog> backlogs(std::vector<model::DestinationKey> destinations);
    Backlog backlog(const model::DestinationKey& destination) { return backlogs({destination}).at(0); }
};

/// Draws the cases out of the library into any program that includes this header.
void link_destination_health_suite();
[[gnu::used]] inline constexpr auto kDestinationHealthSuiteLinked = &link_destination_health_suite;

}  // namespace outpost::ports::conformance
