#include "net/http/client_exchange.hpp"

#include "net/http/client_response.hpp"

#include <boost/asio/error.hpp>

namespace outpost::http {
namespace {

bool is_reading(ResponseState state) {
    return state == ResponseState::head || state == ResponseState::body;
}

}  // namespace

Task<Exchange> exchange(Connection* connection, std::string_view head, std::string_view body, ClientLimits limits,
                        bool without_body, const Clock* clock) {
    Exchange result;
    const auto write_error = co_await connection->write(head, body);
    result.error = write_error;
    // A peer may answer and close before it has read everything: its answer then waits behind the failed write.
    if (write_error && !is_closed_by_peer(write_error)) co_return result;

    ResponseReader reader(limits, without_body);
    bool anything_came = false;
    while (is_reading(reader.state())) {
        const auto read_error = co_await connection->read_some();
        if (!anything_came && !connection->received().empty()) {
            anything_came = true;
            if (clock != nullptr) result.first_byte_at = clock->monotonic();
        }
        connection->consume(reader.feed(connection->received()));
        if (!read_error) continue;
        if (!write_error) result.error = read_error;
        if (read_error == boost::asio::error::eof || is_cut_short(read_error))
            reader.end(read_error == boost::asio::error::eof);
        break;
    }
    if (reader.state() == ResponseState::head || reader.state() == ResponseState::bad_head) {
        result.closed_unanswered = !anything_came && is_closed_by_peer(result.error);
        if (!result.error) result.error = make_error_code(boost::system::errc::bad_message);
        co_return result;
    }
    result.connection_is_clean = !write_error && reader.keeps_connection() && connection->received().empty();
    result.response = reader.take();
    co_return result;
}

}  // namespace outpost::http
