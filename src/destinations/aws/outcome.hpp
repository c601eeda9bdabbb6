// What a call to AWS means for an attempt (destinations.md §1.10).
#pragma once

#include "base/result.hpp"
#include "model/attempt.hpp"
#include "net/aws/service.hpp"

#include <string_view>

namespace outpost::aws {

/// `OK`. @param response_data  a JSON object
model::Outcome success(std::string response_data);

/// `ERR` with {"error": text}.
model::Outcome failure(std::string_view text);

/// The event can't be made into a request: `ERR`, with the contract's words.
model::Outcome formatting_failure();

/// `ERR` with what went wrong; `blocked_address` without data (§15.4 rule 13). @return an Error when it was our fault
Result<model::Outcome> outcome_of(const CallFailure& failure);

}  // namespace outpost::aws
