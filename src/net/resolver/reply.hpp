// From c-ares' results to ours.
#pragma once

#include "net/resolver/channel.hpp"

struct ares_addrinfo;

namespace outpost::resolver {

/// Takes the addresses and the shortest TTL, or names the failure of `status`. `result` may be null; it is not freed.
Reply to_reply(int status, const ares_addrinfo* result);

/// What a c-ares status means for an attempt (destinations.md §2.9 rows 1, 5 and 8).
net::FailureKind classify_status(int status);

}  // namespace outpost::resolver
