// The bytes in front of a response's body.
#pragma once

#include "base/time.hpp"
#include "net/http/server.hpp"

#include <string>
#include <string_view>

namespace outpost::http {

/// What follows the response on its connection, as the client is told.
enum class Afterwards {
    keep_open,          ///< HTTP/1.1 keeps open unless told otherwise: no field
    keep_open_and_say,  ///< an HTTP/1.0 client asked for keep-alive
    close,
};

/// False for answers that have no body by their status (204, 304) or because HEAD asked.
bool reply_has_body(int status, bool head_request);

/// What the server itself says in a response's header.
struct ReplyFacts {
    Afterwards afterwards = Afterwards::keep_open;
    std::string_view date;        ///< IMF-fixdate
    std::string_view request_id;  ///< is_request_id()
};

/// Appends status line and header. Content-Length is always there except with 204 and 304, which forbid or bend it.
/// Fields that the server owns (Content-Length, Transfer-Encoding, Connection, Date, X-Request-Id) are left out of the
/// handler's, and so is, with an error line, a field whose bytes would split the response.
void append_reply_head(std::string& out, const ServerResponse& response, const ReplyFacts& facts);

/// The server's own error: settings.error_body, or the API's envelope when there is none.
ServerResponse error_response(const ServerSettings& settings, int status, std::string_view message);

/// The Date field's text, made once a second.
class DateText {
public:
    std::string_view at(TimePoint now);

private:
    std::int64_t second_ = -1;
    std::string text_;
};

}  // namespace outpost::http
