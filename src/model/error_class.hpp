// What kind of end an attempt had, so that people need not know every code (portal.md §15a N7, N9). Pure.
#pragma once

#include "model/attempt.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace outpost::model {

/// The names in the API are those of the enumerators.
enum class ErrorClass {
    success,
    http_3xx,  ///< a redirect that was not followed
    http_4xx,
    http_5xx,
    timeout,
    dns,      ///< the name does not exist
    connect,  ///< nobody listens, or no way there
    tls,      ///< handshake or certificate
    reset,    ///< the connection was cut
    blocked,  ///< the egress policy forbids the address
    network,  ///< any other trouble on the way
    broker,   ///< a queue or stream refused: rights, names, sizes
    other,    ///< formatting, set-up, our own faults
};

inline constexpr std::array kErrorClasses = {
    ErrorClass::success, ErrorClass::http_3xx, ErrorClass::http_4xx, ErrorClass::http_5xx, ErrorClass::timeout,
    ErrorClass::dns,     ErrorClass::connect,  ErrorClass::tls,      ErrorClass::reset,    ErrorClass::blocked,
    ErrorClass::network, ErrorClass::broker,   ErrorClass::other,
};

std::string_view to_string(ErrorClass error_class);
std::optional<ErrorClass> parse_error_class(std::string_view name);

/// @param code  one of destinations.md §1.10; an unknown one is `other`
ErrorClass error_class(AttemptStatus status, std::string_view code);

/// The first digit of an HTTP status written in decimal; none for other codes.
std::optional<char> http_class(std::string_view code);

}  // namespace outpost::model
