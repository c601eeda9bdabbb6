// What a response or a failure means for the attempt: pure (destinations.md §1.10, §2.9; decisions B2, B4, B5, B11,
// B14).
#pragma once

#include "base/result.hpp"
#include "destinations/webhook/redirect_rules.hpp"
#include "model/attempt.hpp"
#include "net/failure.hpp"
#include "net/http/client.hpp"

namespace outpost::webhook {

/// The final response: 2xx is success (reference rules: under 400). 410 is permanent; 429 and 503 may ask for a pause.
/// @param body_bytes_max  the cap that the text about a longer body names
model::Outcome outcome_of(const http::ClientResponse& response, RedirectRules rules, std::size_t body_bytes_max,
                          TimePoint now);

/// A redirect that is not followed: code redirect_error; the response is shown.
model::Outcome redirect_refused(const http::ClientResponse& response, std::size_t body_bytes_max);

/// No response: the code of its class. @return cancelled or unavailable when the trouble is ours
Result<model::Outcome> outcome_of(const net::Failure& failure);

/// The request could not be made from the event (URL, template): code ERR.
model::Outcome formatting_failure();

}  // namespace outpost::webhook
