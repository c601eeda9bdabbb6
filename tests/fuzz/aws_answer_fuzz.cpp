// What a service of AWS, or something in its place, answers. First line: an error type field; second: a date; the rest:
// body.
#include "base/utf8.hpp"
#include "fuzz/fuzz.hpp"
#include "net/aws/service_error.hpp"

namespace outpost::fuzz {

void aws_answer_fuzz(std::string_view input);

/// Texts are short, on one line and UTF-8, whatever came.
void aws_answer_fuzz(std::string_view bytes) {
    Input input(bytes);
    http::ClientResponse response;
    response.status = 400;
    response.headers.add("X-Amzn-ErrorType", std::string(input.line()));
    const auto date = aws::parse_http_date(input.line());
    if (date) ASSERT(to_rfc3339(*date).size() == std::string_view("1994-11-06T08:49:37Z").size());
    response.body = input.rest();
    const aws::ServiceError error = aws::decode_error(response);
    for (const std::string& text : {error.code, error.message, error.request_id}) {
        ASSERT(is_utf8(text) && text.find('\n') == std::string::npos);
        ASSERT(text.size() <= 3 * aws::kErrorTextBytesMax);  // a byte that is no UTF-8 becomes three
    }
    const aws::Remedy remedy = aws::remedy_for(error, std::nullopt);
    ASSERT(remedy != aws::Remedy::correct_time);
}

}  // namespace outpost::fuzz
