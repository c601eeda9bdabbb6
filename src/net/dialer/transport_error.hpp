// What an error code of a socket or of TLS means for an attempt (destinations.md §2.9).
#pragma once

#include "net/failure.hpp"

#include <boost/system/error_code.hpp>

namespace outpost::net {

/// By code, never by text. End of stream, broken pipe and "no route to host" are network_error (row 8), and so is a
/// server that speaks HTTP where TLS is expected. `error` must be set.
FailureKind classify(const boost::system::error_code& error);

/// The same with the code's text as the operator's detail.
Failure to_transport_failure(const boost::system::error_code& error, std::string_view doing);

}  // namespace outpost::net
