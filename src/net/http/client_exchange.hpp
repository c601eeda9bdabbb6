// One request and its response on one open connection (hard-cases T-30, T-34..T-36, T-39). Private to the client.
#pragma once

#include "base/task.hpp"
#include "net/http/client.hpp"
#include "net/http/client_connection.hpp"

#include <optional>
#include <string_view>

namespace outpost::http {

struct Exchange {
    std::optional<ClientResponse> response;      ///< set as soon as its head was whole, whatever came after
    boost::system::error_code error;             ///< why it is missing or incomplete
    bool connection_is_clean = false;            ///< another request may go over it
    bool closed_unanswered = false;              ///< the peer closed it and no byte of a response came
    std::optional<MonotonicTime> first_byte_at;  ///< of a response; only with a clock
};

/// Writes head and body, then reads the final response. `connection` and what the views show must live until it
/// returns. Ends early when the connection is closed or on cancellation, with that error.
/// @param without_body  the request is HEAD
/// @param clock  null: nothing is measured
Task<Exchange> exchange(Connection* connection, std::string_view head, std::string_view body, ClientLimits limits,
                        bool without_body, const Clock* clock);

}  // namespace outpost::http
