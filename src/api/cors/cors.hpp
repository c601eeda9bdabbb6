// Which web pages of other origins may call the API from a browser (API_CORS_ORIGINS; portal.md §14; api.md §1). Off by
// default, and then nothing differs from the reference. There is no mode with credentials: who calls is said by the
// Authorization header alone, which a page must be given by its own server, so no cookie of a visitor is ever at stake.
#pragma once

#include "base/result.hpp"
#include "net/http/message.hpp"
#include "net/http/server.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace outpost::api {

/// How long a browser may remember a preflight's answer: what browsers cap it at, or above.
inline constexpr std::string_view kCorsMaxAgeSeconds = "7200";

/// Immutable; any thread.
class Cors {
public:
    /// No other origin is allowed, and no answer mentions the matter.
    Cors() = default;
    /// @param origins  `scheme://host[:port]` each, in any case; or `*` alone, for all. Empty: as Cors().
    /// @return invalid, quoting the entry and saying what is expected
    static Result<Cors> make(const std::vector<std::string>& origins);

    bool enabled() const { return any_ || !origins_.empty(); }

    /// Adds what lets a page of `origin`, the request's field, read the response; what caches must know in any case.
    void mark(std::optional<std::string_view> origin, http::Headers& response) const;

    /// The answer to a preflight: 204 for an allowed origin that names a method. Not marked yet.
    /// @param methods  of the routes at the path; when there are none the path is unknown
    /// @return none: not a preflight, or not to be answered as one
    std::optional<http::ServerResponse> preflight(const http::ServerRequest& request,
                                                  std::span<const std::string_view> methods) const;

private:
    bool allows(std::optional<std::string_view> origin) const;

    std::vector<std::string> origins_;  // as browsers write them
    bool any_ = false;
};

}  // namespace outpost::api
