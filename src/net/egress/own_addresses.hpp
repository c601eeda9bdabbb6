// The addresses of this machine, which public-only mode does not deliver to (destinations.md §15.4 rule 6).
#pragma once

#include "base/result.hpp"

#include <boost/asio/ip/address.hpp>

#include <vector>

namespace outpost::egress {

inline constexpr std::size_t kOwnAddressesMax = 4096;

/// Every address of every interface that is up, once each, as Policy::make takes them. Read at start.
/// @return unavailable when the system does not tell
Result<std::vector<boost::asio::ip::address>> own_addresses();

}  // namespace outpost::egress
