// What Hookdeck's answer, or none, means for the attempt: pure (destinations.md §4.4; decisions B3, B4, B11, B14).
#pragma once

#include "base/result.hpp"
#include "model/attempt.hpp"
#include "net/failure.hpp"
#include "net/http/client.hpp"

namespace outpost::hookdeck {

/// 2xx is success; everything else fails and is tried again (B3), after the pause that 429 and 503 may ask for (B4). A
/// body that broke off fails too: Hookdeck's answer is short.
/// @param body_bytes_max  the cap that the text about a longer body names
model::Outcome outcome_of(const http::ClientResponse& response, std::size_t body_bytes_max, TimePoint now);

/// No response: `ERROR`; `blocked_address` without data (§15.4 rule 13).
/// @return cancelled or unavailable when the trouble is ours
Result<model::Outcome> outcome_of(const net::Failure& failure);

/// The request could not be made.
model::Outcome formatting_failure();

}  // namespace outpost::hookdeck
