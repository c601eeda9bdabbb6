// The name of a request, in our log and on its client's side: the field X-Request-Id.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace outpost::http {

inline constexpr std::string_view kRequestIdField = "X-Request-Id";
inline constexpr std::size_t kRequestIdBytesMax = 128;

/// Whether a client's id is taken: 1..kRequestIdBytesMax visible ASCII characters, so that it can stand in a header and
/// in a line of the log as it is. Others are ignored, not refused.
bool is_request_id(std::string_view text);

/// Makes ids for the requests that bring none. One a shard; one thread.
class RequestIds {
public:
    /// Begins at a random place of 2^64.
    RequestIds();
    explicit RequestIds(std::uint64_t first) : next_(first) {}

    /// 13 characters of Crockford's base 32: short enough to live in a std::string without an allocation. No two of one
    /// object are the same; guessing the next is no harm, for nothing is opened by knowing it.
    std::string next();

private:
    std::uint64_t next_;
};

}  // namespace outpost::http
