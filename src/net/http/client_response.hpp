// Makes one response out of the bytes of a connection: no IO, so that every malformed answer is a unit test
// (hard-cases T-34..T-36). Private to the client; the parser is a member, hence Beast in a header.
#pragma once

#include "net/http/client.hpp"
#include "net/http/client_gzip.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace outpost::http {

/// Interim (1xx) responses before the final one.
inline constexpr int kInterimResponsesMax = 5;

/// What the bytes so far amount to.
enum class ResponseState {
    head,      ///< more bytes are needed for the head
    body,      ///< the head is whole, the body is not
    complete,  ///< all there
    bad_head,  ///< no response: malformed, or over a limit
    bad_body,  ///< the head counts, the body broke or is over its cap; the connection is of no use any more
};

namespace detail {

/// Beast's parser with our limits and our containers. One message, final or interim.
class MessageParser final : public boost::beast::http::basic_parser<false> {
public:
    MessageParser(ClientLimits limits, bool without_body);

    using error_code = boost::beast::error_code;
    using string_view = boost::beast::string_view;
    using field = boost::beast::http::field;

    bool is_interim() const { return message.status < 200 && message.status != 101; }
    bool is_decoded_whole() const { return !gzip_ || gzip_->is_whole(); }

    ClientResponse message;
    bool is_http_1_0 = false;

private:
    void on_request_impl(boost::beast::http::verb, string_view, string_view, int, error_code&) override {}
    void on_response_impl(int code, string_view reason, int version, error_code& error) override;
    void on_field_impl(field name, string_view name_text, string_view value, error_code& error) override;
    void on_header_impl(error_code& error) override;
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(string_view body, error_code& error) override;
    void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t remaining, string_view body, error_code& error) override;
    void on_finish_impl(error_code&) override {}

    void drop_body(error_code& error);

    ClientLimits limits_;
    std::uint64_t encoded_bytes_ = 0;
    std::uint64_t encoded_bytes_max_ = 0;
    std::optional<GzipDecoder> gzip_;
};

}  // namespace detail

/// Feed it until its state is complete or bad. Interim responses are skipped.
class ResponseReader {
public:
    /// @param without_body  the request was HEAD
    ResponseReader(ClientLimits limits, bool without_body);

    /// @return how many bytes were used. The others are either the start of something (call again with them and more
    /// behind) or, when complete, what follows the response.
    std::size_t feed(std::string_view bytes);
    /// The peer has closed. @param orderly  false: the TLS connection was cut without its farewell
    void end(bool orderly);

    ResponseState state() const { return state_; }
    /// Whether a second request may go over the connection, as far as a complete response tells.
    bool keeps_connection() const;
    /// The response; in states body and bad_body marked incomplete or too large. Once.
    ClientResponse take();

private:
    void take_step();

    ClientLimits limits_;
    bool without_body_;
    std::optional<detail::MessageParser> parser_;
    ResponseState state_ = ResponseState::head;
    std::size_t head_bytes_ = 0;  // of all heads so far, interim ones included
    int interim_ = 0;
    bool resumes_chunk_ = false;  // the parser has looked at the head of a chunk that was not whole
};

}  // namespace outpost::http
