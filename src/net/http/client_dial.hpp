// A dial that can be ended from outside. Private to the client.
#pragma once

#include "net/dialer/dialer.hpp"
#include "net/http/client_flights.hpp"

#include <expected>

namespace outpost::http {

using Dialed = std::expected<net::Stream, net::Failure>;

/// Opens a connection for `flight`, which lives until it returns. Ends when the flight is cut, with timeout or
/// cancelled, or else as the dialer does.
Task<Dialed> dial_for(Flight* flight, net::Dialer* dialer, net::DialRequest request, Deadline deadline,
                      Executor executor);

/// What an exception out of a library means; to be called in a catch block.
std::unexpected<net::Failure> failure_of_exception();

}  // namespace outpost::http
