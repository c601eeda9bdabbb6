// A URL parsed once; checking and connecting both use this result (destinations.md §15.4 rules 7 and 8).
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace outpost::http {

inline constexpr std::size_t kUrlBytesMax = 16 * 1024;

/// Absolute http or https URL. The fragment is dropped.
struct Url {
    std::string scheme;      ///< "http" or "https"
    std::string user_info;   ///< percent-encoded as written, without '@'; empty = none
    std::string host;        ///< lower case, one trailing dot stripped; IPv6 without brackets
    std::uint16_t port = 0;  ///< explicit or the scheme's
    std::string target;      ///< path and query as given, at least "/"; only bytes outside of ASCII are percent-encoded
    bool is_ipv6 = false;

    /// "host" or "host:port" as the Host header has it (IPv6 in brackets).
    std::string authority() const;
    /// "scheme://host:port": what connections are pooled by.
    std::string origin() const;
};

/// At most kUrlBytesMax bytes. Host as egress::canonical_host: international names only in their xn-- form. A '%' that
/// begins no escape is kept, as many servers accept it.
/// Refuses control characters, blanks, back-slashes, an empty host, port 0, other schemes, scope ids, host labels that
/// are numeric but not a canonical dotted quad (127.1, 0x7f000001, 2130706433, 0177.0.0.1), and bracketed names.
Result<Url> parse_url(std::string_view text);
/// `location` against `base` (RFC 3986 §5), for redirects: any form of reference, checked as parse_url does. Relative
/// ones keep the base's user information.
Result<Url> resolve_url(const Url& base, std::string_view location);

}  // namespace outpost::http
