// The head of a request as it goes on the wire (destinations.md §1.12, §2.7; hard-cases T-65).
#pragma once

#include "net/http/client.hpp"

#include <expected>
#include <string>

namespace outpost::http {

/// Request line and fields with the blank line. Written by us whatever the caller gave: Host, Content-Length (always
/// for a body or a method that has one), Accept-Encoding and Authorization (from the URL) unless given. Fields of one
/// hop (Connection, Transfer-Encoding, Trailer, …) from the caller are left out. Names keep their case.
/// To a proxy that forwards it: with the whole URL and the proxy's credentials.
/// @return network_error for a method, target, name or value that can't be written safely; nothing may be sent then
std::expected<std::string, net::Failure> write_request_head(const ClientRequest& request);

/// "Basic …" of a URL's user information, percent-encoded as it stands there.
std::string basic_credentials(std::string_view user_info);

}  // namespace outpost::http
