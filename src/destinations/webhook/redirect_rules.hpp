// Which redirects are followed (decision B2).
#pragma once

namespace outpost::webhook {

enum class RedirectRules {
    strict,     ///< 307 and 308, at most 5; success is 2xx
    reference,  ///< as the reference (destinations.md §1.12): 301–303 become GET, 10 requests, success is under 400
};

}  // namespace outpost::webhook
