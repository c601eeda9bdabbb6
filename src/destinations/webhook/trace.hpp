// What was sent, and how long it took, as an attempt keeps it (portal.md §15a N7).
#pragma once

#include "model/attempt.hpp"
#include "net/http/client.hpp"

namespace outpost::webhook {

/// Stands behind what was cut off to keep within model::kTraceBytesMax.
inline constexpr std::string_view kCutMark = "…[cut]";

/// model::Attempt::trace of a request. Secrets are masked as in a preview; without what the connection adds (Host,
/// Content-Length), and without the body. Members of `timing` are milliseconds, null for steps that were not taken.
/// @return at most model::kTraceBytesMax
std::string trace_of(const http::ClientRequest& request, const http::Timing& timing);

}  // namespace outpost::webhook
