// What follows a response that may be a redirect: pure (decision B2; destinations.md §1.12, §15.4 rule 9).
#pragma once

#include "destinations/webhook/redirect_rules.hpp"
#include "net/http/client.hpp"

#include <string>
#include <vector>

namespace outpost::webhook {

inline constexpr std::size_t kRedirectsMax = 5;           // decision B2
inline constexpr std::size_t kReferenceRequestsMax = 10;  // destinations.md §1.12

/// How far one attempt has got.
struct Chain {
    RedirectRules rules = RedirectRules::strict;
    http::Url start;                         ///< the destination's URL
    std::vector<std::string> private_names;  ///< custom headers: strict rules keep them to the first origin
    std::size_t requests = 1;                ///< sent so far
    bool left_start = false;                 ///< has been elsewhere: what was taken away does not come back
};

enum class Follow {
    no,       ///< the response is the final one
    yes,      ///< send `request`
    refused,  ///< a redirect that is not followed: code redirect_error
};

struct Step {
    Follow follow = Follow::no;
    http::ClientRequest request;
};

/// @param chain  counted up when the answer is yes
Step next_step(Chain& chain, const http::ClientResponse& response);

}  // namespace outpost::webhook
