#include "net/http/client_response.hpp"

#include <boost/beast/http/error.hpp>

namespace outpost::http {

namespace beast_http = boost::beast::http;

namespace {

/// Content that does not shrink under gzip grows by this at most (18 bytes of frame, 5 of 16 KiB, names, comments).
constexpr std::uint64_t kGzipOverheadBytes = 4096;
constexpr std::uint64_t kGzipOverheadDivisor = 1024;
/// The least that is left of a chunked body once a chunk's head was begun: "0", CRLF, CRLF. Beast's parser asserts it
/// when it resumes.
constexpr std::size_t kShortestChunkedRest = 5;

std::string_view plain(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

bool is_gzip(std::string_view coding) {
    return equal_ignoring_case(coding, "gzip") || equal_ignoring_case(coding, "x-gzip");
}

}  // namespace

namespace detail {

MessageParser::MessageParser(ClientLimits limits, bool without_body) : limits_(limits) {
    header_limit(static_cast<std::uint32_t>(limits.header_bytes_max));
    body_limit(boost::none);  // ours: on_body_impl
    skip(without_body);
}

void MessageParser::on_response_impl(int code, string_view, int version, error_code& error) {
    message.status = code;
    is_http_1_0 = version < 11;
    if (code < 100) error = beast_http::error::bad_status;
}

void MessageParser::on_field_impl(field name, string_view name_text, string_view value, error_code& error) {
    if (is_header_done()) return;  // a trailer: nobody asked for it
    // We understand no other coding; reading on would take the framing of one side for that of the other (T-36).
    if (name == field::transfer_encoding && !equal_ignoring_case(plain(value), "chunked")) {
        error = beast_http::error::bad_transfer_encoding;
        return;
    }
    message.headers.add(std::string(name_text), std::string(value));
}

void MessageParser::on_header_impl(error_code& error) {
    if (is_done()) return;  // interim, 204, 304, HEAD: no body follows
    encoded_bytes_max_ = limits_.body_bytes_max;
    if (is_gzip(message.headers.find("Content-Encoding").value_or(""))) {
        gzip_.emplace();
        encoded_bytes_max_ += kGzipOverheadBytes + encoded_bytes_max_ / kGzipOverheadDivisor;
        message.headers.remove("Content-Encoding");  // these two would describe another body than the one we give
        message.headers.remove("Content-Length");
    }
    if (content_length().value_or(0) > encoded_bytes_max_) drop_body(error);
}

std::size_t MessageParser::on_body_impl(string_view body, error_code& error) {
    encoded_bytes_ += body.size();
    if (encoded_bytes_ > encoded_bytes_max_) {
        drop_body(error);
    } else if (!gzip_) {
        message.body.append(body.data(), body.size());
    } else {
        const auto result = gzip_->decode(plain(body), message.body, limits_.body_bytes_max);
        if (result == GzipDecoder::Result::too_large) drop_body(error);
        if (result == GzipDecoder::Result::corrupt) error = beast_http::error::bad_value;
    }
    return body.size();
}

std::size_t MessageParser::on_chunk_body_impl(std::uint64_t, string_view body, error_code& error) {
    return on_body_impl(body, error);
}

void MessageParser::drop_body(error_code& error) {
    message.body_too_large = true;
    message.body = std::string();  // gives the memory back
    error = beast_http::error::body_limit;
}

}  // namespace detail

ResponseReader::ResponseReader(ClientLimits limits, bool without_body) : limits_(limits), without_body_(without_body) {
    parser_.emplace(limits_, without_body_);
}

std::size_t ResponseReader::feed(std::string_view bytes) {
    std::size_t used = 0;
    while (used < bytes.size() && (state_ == ResponseState::head || state_ == ResponseState::body)) {
        const std::string_view rest = bytes.substr(used);
        if (resumes_chunk_ && rest.size() < kShortestChunkedRest) break;
        boost::beast::error_code error;
        const std::size_t step = parser_->put(boost::asio::const_buffer(rest.data(), rest.size()), error);
        used += step;
        const bool waits = error == beast_http::error::need_more;
        resumes_chunk_ = waits && state_ == ResponseState::body;
        const std::size_t kept = waits ? rest.size() - step : 0;
        if (state_ == ResponseState::head) {
            // Beast applies its limit to a piece of the head at a time; this one is for the whole (T-34, T-35).
            head_bytes_ += step;
            if (head_bytes_ + kept > limits_.header_bytes_max) state_ = ResponseState::bad_head;
        } else if (kept > limits_.header_bytes_max) {
            state_ = ResponseState::bad_body;  // a chunk's head or the trailer never ends
        }
        if (state_ == ResponseState::bad_head || state_ == ResponseState::bad_body) break;
        if (error && !waits) {
            state_ = parser_->is_header_done() ? ResponseState::bad_body : ResponseState::bad_head;
            break;
        }
        if (waits) break;
        take_step();
    }
    return used;
}

void ResponseReader::take_step() {
    if (!parser_->is_header_done()) return;
    if (parser_->is_interim()) {
        if (++interim_ > kInterimResponsesMax) state_ = ResponseState::bad_head;
        else parser_.emplace(limits_, without_body_);
        return;
    }
    state_ = ResponseState::body;
    if (!parser_->is_done()) return;
    state_ = parser_->is_decoded_whole() ? ResponseState::complete : ResponseState::bad_body;
}

void ResponseReader::end(bool orderly) {
    if (state_ == ResponseState::head) state_ = ResponseState::bad_head;
    if (state_ != ResponseState::body) return;
    const bool ends_here = parser_->need_eof() && orderly && parser_->is_decoded_whole();
    state_ = ends_here ? ResponseState::complete : ResponseState::bad_body;
}

bool ResponseReader::keeps_connection() const {
    if (state_ != ResponseState::complete || parser_->need_eof() || !parser_->keep_alive()) return false;
    if (parser_->message.status == 101) return false;      // it speaks something else from here on
    return !(parser_->is_http_1_0 && parser_->chunked());  // 1.0 knows no chunks: its framing can't be trusted
}

ClientResponse ResponseReader::take() {
    ClientResponse response = std::move(parser_->message);
    response.body_incomplete = state_ != ResponseState::complete && !response.body_too_large;
    return response;
}

}  // namespace outpost::http
