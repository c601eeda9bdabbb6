#include "net/http/server_request_reader.hpp"

#include "net/http/request_id.hpp"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <limits>

namespace outpost::http {
namespace {

namespace beast = boost::beast;
using beast::http::field;
using ErrorCode = beast::error_code;
using BeastText = beast::string_view;

/// The least that is left of a chunked body: "0", CRLF, CRLF. Beast's parser asserts it when it resumes.
constexpr std::size_t kShortestChunkedRest = 5;

std::string_view to_view(BeastText text) {
    return {text.data(), text.size()};
}

bool is_token_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").contains(c);
}

/// uri-host [":" port]: what may stand there, so that nobody downstream reads a path or a user out of it.
bool is_host(std::string_view value) {
    return std::ranges::all_of(value,
                               [](char c) { return is_token_char(c) || std::string_view("()=;,:[]").contains(c); });
}

bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
}

/// "http://host/path" as "/path" (RFC 9112 §3.2.2); other forms as they are.
std::string_view without_origin(std::string_view target) {
    constexpr std::string_view kScheme = "http://";
    if (target.size() < kScheme.size() || !equal_ignoring_case(target.substr(0, kScheme.size()), kScheme))
        return target;
    target.remove_prefix(kScheme.size());
    const std::size_t path = target.find_first_of("/?");
    if (path == 0 || path == std::string_view::npos || target[path] == '?') return path == 0 ? "" : "/";
    return target.substr(path);
}

std::string_view explain(const ErrorCode& error) {
    using beast::http::error;
    if (error == error::bad_content_length || error == error::multiple_content_length)
        return "malformed, repeated or conflicting Content-Length";
    if (error == error::bad_transfer_encoding) return "malformed, repeated or conflicting Transfer-Encoding";
    if (error == error::bad_version) return "unsupported HTTP version";
    if (error == error::bad_method || error == error::bad_target) return "malformed request line";
    if (error == error::bad_chunk || error == error::bad_chunk_extension) return "malformed chunk";
    return "malformed header";
}

}  // namespace

HeadScan::Found HeadScan::look(std::string_view bytes) {
    while (true) {
        if (line > 0 && line < bytes.size() && (bytes[line] == ' ' || bytes[line] == '\t')) return Found::folded_line;
        const std::size_t feed = bytes.find('\n', next);
        if (feed == std::string_view::npos) {
            next = bytes.size();
            return Found::need_more;
        }
        if (feed == line || bytes[feed - 1] != '\r') return Found::bare_line_feed;
        next = feed + 1;
        if (feed - 1 == line) return Found::end;
        line = next;
    }
}

/// Beast's parser, writing straight into a ServerRequest. One for each request.
class RequestReader::Parser final : public beast::http::basic_parser<true> {
public:
    Parser() {
        header_limit(std::numeric_limits<std::uint32_t>::max());  // counted by the reader
        body_limit(boost::none);                                  // counted below and by the reader
    }

    ServerRequest request;
    std::string body;
    Refusal refusal;
    std::size_t chunked_bytes_max = 0;
    bool has_host = false;
    bool is_chunked = false;
    bool expects_continue = false;
    bool is_http10 = false;

private:
    void refuse(int status, std::string_view message, ErrorCode& error) {
        refusal = {status, message};
        error = beast::http::error::bad_field;  // any error stops the parser
    }

    void on_request_impl(beast::http::verb, BeastText method, BeastText target, int version,
                         ErrorCode& error) override {
        request.method = to_view(method);
        is_http10 = version == 10;
        const std::string_view path = without_origin(to_view(target));
        const bool whole_server = path == "*" && request.method == "OPTIONS";
        if (!whole_server && !path.starts_with('/')) return refuse(400, "malformed request line", error);
        const std::size_t mark = path.find('?');
        request.path = path.substr(0, mark);
        if (mark != std::string_view::npos) request.query = path.substr(mark + 1);
    }
    void on_response_impl(int, BeastText, int, ErrorCode&) override {}

    void on_field_impl(field name, BeastText name_text, BeastText value_text, ErrorCode& error) override {
        if (is_header_done()) return;  // a trailer: dropped
        if (request.headers.size() == kHeaderFieldsMax) return refuse(431, "too many header fields", error);
        const std::string_view value = to_view(value_text);
        if (name == field::host) {
            if (has_host || !is_host(value)) return refuse(400, "malformed or repeated Host", error);
            has_host = true;
        } else if (name == field::content_length) {
            const bool digits = std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
            if (std::exchange(has_length_, true) || !digits)
                return refuse(400, "malformed, repeated or conflicting Content-Length", error);
        } else if (name == field::transfer_encoding) {
            if (is_chunked || !equal_ignoring_case(value, "chunked"))
                return refuse(400, "malformed, repeated or conflicting Transfer-Encoding", error);
            is_chunked = true;
        } else if (name == field::expect) {
            if (!equal_ignoring_case(value, "100-continue")) return refuse(417, "unknown expectation", error);
            expects_continue = true;
        } else if (request.id.empty() && equal_ignoring_case(to_view(name_text), kRequestIdField) &&
                   is_request_id(value)) {
            request.id = value;  // the first usable one
        }
        request.headers.add(std::string(to_view(name_text)), std::string(value));
    }
    void on_header_impl(ErrorCode&) override {}

    void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
    std::size_t on_body_impl(BeastText, ErrorCode&) override { return 0; }  // sized bodies never come here
    void on_chunk_header_impl(std::uint64_t size, BeastText extensions, ErrorCode& error) override {
        // Beast lets control bytes stand in a quoted extension; another parser may see a line end in them (T-71).
        if (std::ranges::any_of(extensions, is_control)) return refuse(400, "malformed chunk", error);
        if (size > chunked_bytes_max - body.size()) return refuse(413, "request body too large", error);
    }
    std::size_t on_chunk_body_impl(std::uint64_t, BeastText part, ErrorCode&) override {
        body.append(part.data(), part.size());
        return part.size();
    }
    void on_finish_impl(ErrorCode&) override {}

    bool has_length_ = false;
};

RequestReader::RequestReader(const ServerSettings& settings) : settings_(settings) {}
RequestReader::~RequestReader() = default;

void RequestReader::refuse(int status, std::string_view message) {
    state_ = State::refused;
    refusal_ = {status, message};
    keep_alive_ = false;
}

std::string_view RequestReader::request_id() const {
    return parser_ ? std::string_view(parser_->request.id) : std::string_view();
}

const Headers* RequestReader::fields() const {
    return parser_ ? &parser_->request.headers : nullptr;
}

RequestReader::State RequestReader::take(std::string_view& input) {
    if (state_ == State::head) take_head(input);
    if (state_ == State::body) parser_->is_chunked ? take_chunked(input) : take_sized(input);
    return state_;
}

void RequestReader::take_head(std::string_view& input) {
    while (scan_.line == 0 && input.starts_with("\r\n") && empty_lines_ < kEmptyLinesBeforeRequestMax) {
        input.remove_prefix(2);
        scan_ = {};
        ++empty_lines_;
    }
    if (input.empty() || input == "\r") return;
    if (!is_token_char(input.front())) return refuse(400, "malformed request line");  // TLS on the plain port, noise
    const HeadScan::Found found = scan_.look(input);
    if (found == HeadScan::Found::bare_line_feed) return refuse(400, "line feed without carriage return");
    if (found == HeadScan::Found::folded_line) return refuse(400, "folded header line");
    if (scan_.next > settings_.header_bytes_max) return refuse(431, "request header too large");
    if (found == HeadScan::Found::need_more) return;
    const std::string_view head = input.substr(0, scan_.next);
    parse_head(head);
    input.remove_prefix(head.size());
}

void RequestReader::parse_head(std::string_view head) {
    parser_ = std::make_unique<Parser>();
    ErrorCode error;
    parser_->put(boost::asio::buffer(head), error);
    if (error) {
        if (parser_->refusal.message.empty()) return refuse(400, explain(error));
        return refuse(parser_->refusal.status, parser_->refusal.message);
    }
    is_http10_ = parser_->is_http10;
    is_head_request_ = parser_->request.method == "HEAD";
    if (!is_http10_ && !parser_->has_host) return refuse(400, "missing Host");
    if (is_http10_ && parser_->is_chunked) return refuse(400, "Transfer-Encoding in HTTP/1.0");
    keep_alive_ = parser_->keep_alive();
    begin_body();
}

std::size_t RequestReader::body_limit() const {
    std::optional<std::size_t> special;
    if (settings_.body_limit) special = settings_.body_limit(parser_->request.method, parser_->request.path);
    return special.value_or(settings_.body_bytes_max);
}

void RequestReader::begin_body() {
    const std::size_t limit = body_limit();
    if (parser_->is_chunked) {
        parser_->chunked_bytes_max = limit;
        parser_->eager(true);
        state_ = State::body;
        return;
    }
    const std::uint64_t size = parser_->content_length().value_or(0);
    if (size > limit) return refuse(413, "request body too large");
    body_size_ = static_cast<std::size_t>(size);
    state_ = body_size_ == 0 ? State::complete : State::body;
    parser_->body.reserve(body_size_);  // <= limit; pages are touched only as bytes arrive
}

void RequestReader::take_sized(std::string_view& input) {
    const std::size_t size = std::min(input.size(), body_size_ - parser_->body.size());
    parser_->body.append(input.substr(0, size));
    input.remove_prefix(size);
    if (parser_->body.size() == body_size_) state_ = State::complete;
}

void RequestReader::take_chunked(std::string_view& input) {
    if (input.size() < kShortestChunkedRest) return;
    ErrorCode error;
    input.remove_prefix(parser_->put(boost::asio::buffer(input), error));
    if (error && error != beast::http::error::need_more) {
        if (parser_->refusal.message.empty()) return refuse(400, explain(error));
        return refuse(parser_->refusal.status, parser_->refusal.message);
    }
    if (parser_->is_done()) state_ = State::complete;
    else if (input.size() > kChunkLineBytesMax) refuse(400, "chunk line or trailer too large");
}

bool RequestReader::wants_continue() {
    if (state_ != State::body || continue_sent_ || is_http10_ || !parser_->expects_continue) return false;
    continue_sent_ = true;
    return parser_->body.empty();  // a client that has begun to send does not wait
}

std::span<char> RequestReader::direct_space() {
    if (state_ != State::body || parser_->is_chunked) return {};
    std::string& body = parser_->body;
    direct_start_ = body.size();
    const std::size_t space = std::min(body_size_ - direct_start_, kDirectReceiveBytesMax);
    body.resize_and_overwrite(direct_start_ + space, [](char*, std::size_t size) { return size; });
    return {body.data() + direct_start_, space};
}

RequestReader::State RequestReader::direct_received(std::size_t size) {
    parser_->body.resize(direct_start_ + size);
    if (parser_->body.size() == body_size_) state_ = State::complete;
    return state_;
}

ServerRequest RequestReader::finish() {
    ServerRequest request = std::move(parser_->request);
    if (!parser_->body.empty()) request.body = Bytes(std::move(parser_->body));
    parser_.reset();
    state_ = State::head;
    scan_ = {};
    empty_lines_ = body_size_ = 0;
    continue_sent_ = false;
    return request;
}

}  // namespace outpost::http
