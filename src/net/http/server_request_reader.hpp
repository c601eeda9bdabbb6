// Reads requests out of received bytes: no socket, no clock (api.md §1; decisions A3, A9; hard-cases T-70, T-71).
#pragma once

#include "net/http/server.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace outpost::http {

/// Why the server reads no further: it answers this and closes.
struct Refusal {
    int status = 400;
    std::string_view message;  ///< a constant
};

/// Limits of what has no setting.
inline constexpr std::size_t kHeaderFieldsMax = 256;              ///< more are 431, like too many bytes
inline constexpr std::size_t kChunkLineBytesMax = 16 * 1024;      ///< a chunk's size line, or the whole trailer
inline constexpr std::size_t kEmptyLinesBeforeRequestMax = 4;     ///< tolerated (RFC 9112 §2.2)
inline constexpr std::size_t kDirectReceiveBytesMax = 64 * 1024;  ///< how far the body grows before bytes are there

/// Finds the end of a head that may arrive in pieces, looking at each byte once. Refuses what different servers read
/// differently: line feeds without carriage return, and folded lines.
struct HeadScan {
    enum class Found { need_more, end, bare_line_feed, folded_line };
    std::size_t line = 0;  ///< start of the line that is not complete yet
    std::size_t next = 0;  ///< first byte not looked at; after `end`, the length of the head

    /// @param bytes  from the first byte of the request line, and everything offered before
    Found look(std::string_view bytes);
};

/// One request at a time. Strict: Content-Length twice or with Transfer-Encoding, codings other than chunked, a
/// missing Host in 1.1, blanks in names, bad chunk syntax are 400. Trailers are dropped.
class RequestReader {
public:
    enum class State { head, body, complete, refused };

    /// @param settings  outlives the reader
    explicit RequestReader(const ServerSettings& settings);
    ~RequestReader();
    RequestReader(const RequestReader&) = delete;
    RequestReader& operator=(const RequestReader&) = delete;

    State state() const { return state_; }
    /// Takes what it can use from the front of `input`. What is left must be offered again, with more behind it; once
    /// complete it is the next request.
    State take(std::string_view& input);
    /// True once, when the client waits for `100 Continue` before it sends the body.
    bool wants_continue();
    /// Where the next bytes of a sized body may be received without a copy; empty when take() must see them.
    std::span<char> direct_space();
    /// The first `size` bytes of direct_space() have been filled.
    State direct_received(std::size_t size);

    const Refusal& refusal() const { return refusal_; }
    /// The X-Request-Id of the request under way, as far as its head has been understood; empty when there is no usable
    /// one.
    std::string_view request_id() const;
    /// Its fields, as far; null before its head is whole.
    const Headers* fields() const;
    /// Of a head that has been read; false before.
    bool keep_alive() const { return keep_alive_; }
    bool is_head_request() const { return is_head_request_; }
    bool is_http10() const { return is_http10_; }
    /// Hands out the complete request (peer and encrypted unset, the id only as the client sent it) and is ready for
    /// the next one.
    ServerRequest finish();

private:
    class Parser;
    void refuse(int status, std::string_view message);
    void take_head(std::string_view& input);
    void take_sized(std::string_view& input);
    void take_chunked(std::string_view& input);
    void parse_head(std::string_view head);
    void begin_body();
    std::size_t body_limit() const;

    const ServerSettings& settings_;
    std::unique_ptr<Parser> parser_;  // Beast's, out of sight
    State state_ = State::head;
    HeadScan scan_;
    Refusal refusal_;
    std::size_t empty_lines_ = 0;
    std::size_t body_size_ = 0;     // of a sized body
    std::size_t direct_start_ = 0;  // of the body, while bytes are received behind it
    bool continue_sent_ = false;
    bool keep_alive_ = false;
    bool is_head_request_ = false;
    bool is_http10_ = false;
};

}  // namespace outpost::http
