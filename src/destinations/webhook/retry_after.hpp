// How long a receiver asks us to wait (decision B4; RFC 9110 §10.2.3).
#pragma once

#include "base/time.hpp"

#include <optional>
#include <string_view>

namespace outpost::webhook {

/// An HTTP date in any of its three forms (RFC 9110 §5.6.7); nullopt for anything else.
std::optional<TimePoint> parse_http_date(std::string_view text, TimePoint now);

/// Seconds or an HTTP date, at most model::kRetryAfterMax. nullopt when it can't be read, is negative, not in the
/// future, or beyond all numbers.
std::optional<Milliseconds> parse_retry_after(std::string_view text, TimePoint now);

}  // namespace outpost::webhook
