// Connects to the first of several addresses that answers (happy eyeballs, RFC 8305).
#pragma once

#include "net/dialer/dialer.hpp"

#include <boost/asio/ip/address.hpp>

#include <vector>

namespace outpost::net {

inline constexpr std::size_t kAddressesTriedMax = 16;
inline constexpr MonotonicTime::duration kConnectStagger = std::chrono::milliseconds(250);

/// The order of attempts: families alternate, IPv6 first (RFC 8305 §4), each family in the order given; at most
/// kAddressesTriedMax.
std::vector<boost::asio::ip::address> connection_order(const std::vector<boost::asio::ip::address>& addresses);

/// Which failure tells most when every attempt failed: that of a server before "unreachable", before our own shortage;
/// the first of equals. `failures` must not be empty.
Failure most_telling(std::vector<Failure> failures);

/// Starts an attempt per address, the next one when the last has failed or kConnectStagger after it began; the first
/// connection wins and the others are closed. Without a deadline of its own: cancel it. TCP_NODELAY and keep-alive are
/// set.
Task<std::expected<TcpSocket, Failure>> connect_first(std::vector<boost::asio::ip::address> addresses,
                                                      std::uint16_t port, Clock& clock, Executor executor);

}  // namespace outpost::net
