#include "destinations/webhook/redirect.hpp"

namespace outpost::webhook {
namespace {

constexpr std::array<std::string_view, 2> kCredentials = {"Authorization", "Cookie"};
constexpr std::array<std::string_view, 4> kReferenceCredentials = {"Authorization", "Cookie", "Cookie2",
                                                                   "Www-Authenticate"};

bool keeps_method(int status) {
    return status == 307 || status == 308;
}
bool becomes_get(int status) {
    return status == 301 || status == 302 || status == 303;
}

bool is_downgrade(const http::Url& from, const http::Url& to) {
    return from.scheme == "https" && to.scheme != "https";
}

/// Equal hosts, or a sub-domain of the first one: who may see credentials by the reference's rules.
bool is_same_or_below(const http::Url& parent, const http::Url& url) {
    if (url.host == parent.host) return true;
    return !parent.is_ipv6 && url.host.size() > parent.host.size() && url.host.ends_with(parent.host) &&
           url.host[url.host.size() - parent.host.size() - 1] == '.';
}

/// User information never comes from the redirecting server, and only our own origin gets ours back.
void carry_user_info(const http::Url& from, http::Url& to, bool allowed) {
    to.user_info = allowed ? from.user_info : std::string();
}

void strip_strictly(Chain& chain, http::ClientRequest& request) {
    if (request.url.origin() != chain.start.origin()) chain.left_start = true;
    carry_user_info(chain.start, request.url, !chain.left_start);
    if (!chain.left_start) return;
    for (const std::string_view name : kCredentials) request.headers.remove(name);
    for (const std::string& name : chain.private_names) request.headers.remove(name);
}

void strip_as_reference(Chain& chain, const http::Url& from, http::ClientRequest& request) {
    const bool kept = is_same_or_below(chain.start, request.url) && !is_downgrade(chain.start, request.url);
    if (!kept) chain.left_start = true;
    carry_user_info(chain.start, request.url, !chain.left_start);
    if (chain.left_start)
        for (const std::string_view name : kReferenceCredentials) request.headers.remove(name);
    if (is_downgrade(from, request.url)) request.headers.remove("Referer");
    else request.headers.set("Referer", fmt::format("{}://{}{}", from.scheme, from.authority(), from.target));
}

/// Whether the response is a redirect by these rules, however many came before it.
Follow classify(const Chain& chain, int status, bool has_location) {
    if (status < 300 || status > 399) return Follow::no;
    if (chain.rules == RedirectRules::strict)
        return keeps_method(status) && has_location ? Follow::yes : Follow::refused;
    return (keeps_method(status) || becomes_get(status)) && has_location ? Follow::yes : Follow::no;
}

bool may_send_another(const Chain& chain) {
    const std::size_t requests_max = chain.rules == RedirectRules::strict ? kRedirectsMax + 1 : kReferenceRequestsMax;
    return chain.requests < requests_max;
}

}  // namespace

Step next_step(Chain& chain, const http::ClientResponse& response) {
    const http::ClientRequest& sent = response.request;
    const auto location = response.headers.find("Location");
    const Follow follow = classify(chain, response.status, location && !location->empty());
    if (follow != Follow::yes) return {.follow = follow};
    auto url = http::resolve_url(sent.url, *location);
    if (!url || !may_send_another(chain)) return {.follow = Follow::refused};

    Step step{.follow = Follow::yes, .request = sent};
    step.request.url = *std::move(url);
    if (becomes_get(response.status)) {
        step.request.method = "GET";
        step.request.body = Bytes();
    }
    if (chain.rules == RedirectRules::strict) strip_strictly(chain, step.request);
    else strip_as_reference(chain, sent.url, step.request);
    ++chain.requests;
    return step;
}

}  // namespace outpost::webhook
