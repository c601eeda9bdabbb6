// The one spelling of a host that checks, resolver, TLS and pools all use (destinations.md §15.4 rule 7).
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace outpost::egress {

inline constexpr std::size_t kHostBytesMax = 253;
inline constexpr std::size_t kHostLabelBytesMax = 63;

/// A name or a literal address (IPv6 without brackets) in canonical form: lower case, one trailing dot stripped, IPv6
/// compressed. Used for every host that a tenant may write, whatever the type of the destination.
/// @return invalid for an empty host, scope ids, characters outside of letters, digits, '-', '_' and '.', empty or
///         overlong labels, non-ASCII names (the xn-- form is accepted), and numeric spellings that are not a canonical
///         dotted quad: 127.1, 0x7f000001, 2130706433, 0177.0.0.1
Result<std::string> canonical_host(std::string_view text);

/// Whether a C library would read the last label as a number, so that the host must be a dotted quad.
bool ends_in_number(std::string_view host);

}  // namespace outpost::egress
