// The server's reader of requests (hard-cases T-70, T-71). First byte: how the bytes arrive; then the bytes.
#include "base/utf8.hpp"
#include "fuzz/fuzz.hpp"
#include "net/http/request_id.hpp"
#include "net/http/server_request_reader.hpp"

#include <cstring>

namespace outpost::fuzz {

void http_request_fuzz(std::string_view input);

namespace {

constexpr std::size_t kHeaderBytesMax = 1024;  // small, so that small inputs reach the limits
constexpr std::size_t kBodyBytesMax = 512;

struct Reading {
    std::vector<http::ServerRequest> requests;
    bool refused = false;
    http::RequestReader::State state{};  ///< of what came last
    std::size_t unread = 0;
};

void check(const http::ServerRequest& request) {
    ASSERT(!request.method.empty());
    ASSERT(request.path == "*" || request.path.starts_with('/'));
    ASSERT(request.path.find_first_of(std::string_view("\r\n\0 ?", 5)) == std::string::npos);
    ASSERT(request.query.find_first_of(std::string_view("\r\n\0 ", 4)) == std::string::npos);
    ASSERT(request.headers.size() <= http::kHeaderFieldsMax);
    ASSERT(request.body.size() <= kBodyBytesMax);
    ASSERT(request.id.empty() || http::is_request_id(request.id));
    for (const auto& [name, value] : request.headers) {
        ASSERT(!name.empty() && name.find_first_of(std::string_view(" \t\r\n\0:", 6)) == std::string::npos);
        ASSERT(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
    }
    // Nobody behind us may see another length than we do.
    ASSERT(!request.headers.find("Content-Length") || !request.headers.find("Transfer-Encoding"));
}

/// As a connection does it: what is not taken is offered again with more behind it.
/// @param direct  sized bodies go straight into the reader's memory
Reading read(std::string_view bytes, std::uint8_t seed, bool direct) {
    http::ServerSettings settings;
    settings.header_bytes_max = kHeaderBytesMax;
    settings.body_bytes_max = kBodyBytesMax;
    http::RequestReader reader(settings);
    Reading reading;
    std::string held;
    Pieces pieces(bytes, seed);
    while (!reading.refused) {
        std::string_view offered = held;
        const http::RequestReader::State state = reader.take(offered);
        held.erase(0, held.size() - offered.size());
        if (state == http::RequestReader::State::refused) {
            ASSERT(reader.refusal().status >= 400 && !reader.refusal().message.empty() && !reader.keep_alive());
            reading.refused = true;
        } else if (state == http::RequestReader::State::complete) {
            reading.requests.push_back(reader.finish());
            check(reading.requests.back());
        } else if (pieces.done()) {
            break;
        } else {
            const std::span<char> space = direct && held.empty() ? reader.direct_space() : std::span<char>();
            const std::string_view piece = space.empty() ? pieces.next() : pieces.next(space.size());
            if (space.empty()) {
                held += piece;
            } else {
                std::memcpy(space.data(), piece.data(), piece.size());
                reader.direct_received(piece.size());
            }
        }
    }
    reading.state = reader.state();
    reading.unread = held.size();
    return reading;
}

void expect_same(const Reading& a, const Reading& b) {
    ASSERT(a.requests.size() == b.requests.size());
    // Less than the shortest rest of a chunked body is looked at only when more has come: one may still wait.
    const bool waits = a.state == http::RequestReader::State::body || b.state == http::RequestReader::State::body;
    ASSERT(waits ? a.unread <= 4 || b.unread <= 4 || a.state == b.state : a.state == b.state);
    ASSERT(a.state != http::RequestReader::State::head || a.unread == b.unread);
    for (std::size_t i = 0; i < a.requests.size(); ++i) {
        const http::ServerRequest& one = a.requests[i];
        const http::ServerRequest& other = b.requests[i];
        ASSERT(one.method == other.method && one.path == other.path && one.query == other.query);
        ASSERT(one.body == other.body);
        ASSERT(std::ranges::equal(one.headers, other.headers));
    }
}

}  // namespace

void http_request_fuzz(std::string_view bytes) {
    Input input(bytes);
    const std::uint8_t seed = input.byte();
    const Reading whole = read(input.rest(), 0, false);
    expect_same(whole, read(input.rest(), seed | 1, false));
    expect_same(whole, read(input.rest(), seed | 1, true));
}

}  // namespace outpost::fuzz
