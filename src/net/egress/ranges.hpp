// The built-in address ranges of the egress policy (destinations.md §15.4 rules 4, 5 and 15).
#pragma once

#include <boost/asio/ip/address.hpp>

#include <optional>
#include <span>

namespace outpost::egress {

/// An address as the policy sees it: IPv4-mapped IPv6 is IPv4, and a scope id is gone.
boost::asio::ip::address plain_form(const boost::asio::ip::address& address);

/// The IPv4 address that a NAT64 (64:ff9b::/96) or 6to4 (2002::/16) address leads to.
std::optional<boost::asio::ip::address_v4> embedded_v4(const boost::asio::ip::address& address);

/// Whether the first `prefix` bits of both are equal. Sizes must be equal.
bool same_prefix(std::span<const unsigned char> a, std::span<const unsigned char> b, unsigned prefix);

/// Link-local addresses and the cloud hosts' own: what no delivery should ever reach. Of a plain form.
bool is_host_metadata(const boost::asio::ip::address& address);

/// Global unicast outside of every special-purpose block. Of a plain form.
bool is_public(const boost::asio::ip::address& address);

}  // namespace outpost::egress
