// The client's reader of responses (hard-cases T-34..T-36). First byte: how the bytes arrive; second: HEAD (1), an
// orderly end (2), small limits (4); then the bytes.
#include "fuzz/fuzz.hpp"
#include "net/http/client_response.hpp"

namespace outpost::fuzz {

void http_response_fuzz(std::string_view input);

namespace {

struct Choice {
    bool without_body;
    bool orderly;
    http::ClientLimits limits;
};

struct Reading {
    http::ResponseState state;
    bool keeps_connection;
    std::size_t unread;
    http::ClientResponse response;
};

bool is_over(http::ResponseState state) {
    return state != http::ResponseState::head && state != http::ResponseState::body;
}

Reading read(std::string_view bytes, std::uint8_t seed, const Choice& choice) {
    http::ResponseReader reader(choice.limits, choice.without_body);
    std::string held;
    Pieces pieces(bytes, seed);
    while (!pieces.done() && !is_over(reader.state())) {
        held += pieces.next();
        const std::size_t used = reader.feed(held);
        ASSERT(used <= held.size());
        held.erase(0, used);
    }
    std::size_t unread = held.size();
    while (!pieces.done()) unread += pieces.next().size();
    reader.end(choice.orderly);
    ASSERT(is_over(reader.state()));
    const bool keeps = reader.keeps_connection();
    ASSERT(!keeps || reader.state() == http::ResponseState::complete);
    const http::ResponseState state = reader.state();
    return {state, keeps, unread, reader.take()};
}

void check(const Reading& reading, const Choice& choice) {
    const http::ClientResponse& response = reading.response;
    ASSERT(response.body.size() <= choice.limits.body_bytes_max);
    if (reading.state == http::ResponseState::bad_head) return;
    ASSERT(response.status == 101 || (response.status >= 200 && response.status <= 999));
    ASSERT(!choice.without_body || response.body.empty());
    ASSERT((reading.state == http::ResponseState::complete) == (!response.body_incomplete && !response.body_too_large));
    for (const auto& [name, value] : response.headers) {
        ASSERT(name.find_first_of("\r\n:") == std::string::npos && value.find_first_of("\r\n") == std::string::npos);
    }
}

}  // namespace

void http_response_fuzz(std::string_view bytes) {
    Input input(bytes);
    const std::uint8_t seed = input.byte();
    const std::uint8_t flags = input.byte();
    Choice choice{(flags & 1) != 0, (flags & 2) != 0, {}};
    const bool small = (flags & 4) != 0;
    if (small) choice.limits = {.header_bytes_max = 256, .body_bytes_max = 128};
    const Reading whole = read(input.rest(), 0, choice);
    const Reading pieces = read(input.rest(), seed | 1, choice);
    check(whole, choice);
    check(pieces, choice);
    // A chunk's head over the limit is refused only when it arrives in pieces; nothing else may depend on them.
    if (small) return;
    ASSERT(whole.state == pieces.state && whole.keeps_connection == pieces.keeps_connection);
    if (whole.state != http::ResponseState::complete) return;
    ASSERT(whole.unread == pieces.unread);
    ASSERT(whole.response.status == pieces.response.status && whole.response.body == pieces.response.body);
    ASSERT(std::ranges::equal(whole.response.headers, pieces.response.headers));
}

}  // namespace outpost::fuzz
