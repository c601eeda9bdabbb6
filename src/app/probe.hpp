// One GET to our own health route, for `outpost healthcheck` in images without curl (config.md §13).
#pragma once

#include "base/result.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace outpost::app {

inline constexpr std::chrono::seconds kProbeTimeout{5};  // for each step: connect, send, receive

/// Blocks. @return the HTTP status; unavailable when nobody answers HTTP there
/// @param address  IPv4 or IPv6 literal
Result<int> probe(const std::string& address, std::uint16_t port, const std::string& path);

/// Where a service that listens on `host` can be reached from its own machine.
std::string probe_address(const std::string& host);

}  // namespace outpost::app
