// URLs and redirect references (hard-cases T-37, T-61). First line: a URL; the rest: a reference against it.
#include "fuzz/fuzz.hpp"
#include "net/egress/host.hpp"
#include "net/egress/policy.hpp"
#include "net/http/url.hpp"

namespace outpost::fuzz {

void url_fuzz(std::string_view input);

namespace {

/// Whatever was accepted reads the same to the next one who parses it.
void check(const http::Url& url) {
    ASSERT(url.scheme == "http" || url.scheme == "https");
    ASSERT(!url.host.empty() && url.port != 0);
    ASSERT(url.target.starts_with('/'));
    for (const char c : url.target) ASSERT(c > 0x20 && c != 0x7f && c != '\\' && c != '#');
    for (const char c : url.user_info) ASSERT(c > 0x20 && c != 0x7f && c != '@' && c != '/');
    ASSERT(url.host.find_first_of("/?#@[]\\ %") == std::string::npos);
    ASSERT(url.is_ipv6 == url.host.contains(':'));
    const auto host = egress::canonical_host(url.host);
    ASSERT(host.has_value() && *host == url.host);

    const auto again = http::parse_url(url.origin() + url.target);
    ASSERT(again.has_value());
    ASSERT(again->host == url.host && again->port == url.port && again->scheme == url.scheme);
    ASSERT(again->target == url.target && again->user_info.empty());
    const auto by_authority = http::parse_url(url.scheme + "://" + url.authority() + url.target);
    ASSERT(by_authority.has_value() && by_authority->origin() == url.origin());
}

}  // namespace

void url_fuzz(std::string_view bytes) {
    static const auto policy = egress::Policy::make({.mode = egress::Mode::public_only, .allow = {}, .deny = {}});
    ASSERT(policy.has_value());
    Input input(bytes);
    const std::string_view first = input.line();
    if (const auto host = egress::canonical_host(first)) {
        const auto again = egress::canonical_host(*host);
        ASSERT(again.has_value() && *again == *host);
        policy->plausible(*host);
    }
    auto base = http::parse_url(first);
    if (base) check(*base);
    else base = http::parse_url("https://user:word@example.com:8443/a/b/c?d=e");
    const auto target = http::resolve_url(*base, input.rest());
    if (target) check(*target);
}

}  // namespace outpost::fuzz
