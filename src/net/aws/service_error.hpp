// What a service of AWS says when it refuses: JSON and XML bodies alike; and what to do about it.
#pragma once

#include "base/time.hpp"
#include "net/http/client.hpp"

#include <optional>
#include <string>

namespace outpost::aws {

inline constexpr std::size_t kErrorTextBytesMax = 1024;  ///< of a code, a message or a request id: the rest is cut off

struct ServiceError {
    int status = 0;
    std::string code;     ///< "AccessDenied"; without name space and URL. Empty: the answer named none
    std::string message;  ///< its first line only: below it some services quote the request they got, tokens included
    std::string request_id;  ///< empty: the answer named none

    bool operator==(const ServiceError&) const = default;
};

/// Reads any answer whose status is no success, and JSON bodies of success that tell of failure in the same members.
/// Never fails: what can't be read is left empty.
ServiceError decode_error(const http::ClientResponse& response);

enum class Remedy {
    none,         ///< the same request will fail again
    wait,         ///< throttled, or the service is in trouble: a little later it may work
    correct_time  ///< signed at a time that the service finds wrong: sign with its own
};

/// @param skew  the service's clock minus ours, if it told its time
Remedy remedy_for(const ServiceError& error, std::optional<Milliseconds> skew);

/// The time of a Date field ("Sun, 06 Nov 1994 08:49:37 GMT"); none for anything else.
std::optional<TimePoint> parse_http_date(std::string_view text);

}  // namespace outpost::aws
