#include "net/http/client_proxy.hpp"

#include "net/http/client_request.hpp"

namespace outpost::http {
namespace {

constexpr int kProxyAuthenticationRequired = 407;

}  // namespace

Result<net::Proxy> parse_proxy_url(std::string_view text) {
    const auto url = parse_url(text);
    if (!url) {
        if (text.starts_with("socks")) return fail(Errc::invalid, "only proxies of scheme http or https are supported");
        return fail(Errc::invalid, "it must be http://host:port or http://user:password@host:port");
    }
    if (url->target != "/") return fail(Errc::invalid, "a proxy has no path");
    net::Proxy proxy{.host = url->host, .port = url->port, .tls = url->scheme == "https", .authorization = {}};
    if (!url->user_info.empty()) proxy.authorization = basic_credentials(url->user_info);
    return proxy;
}

bool is_forwarded(const ClientRequest& request) {
    return request.proxy != nullptr && request.url.scheme == "http";
}

std::optional<net::Failure> proxy_failure(const ClientResponse& response) {
    if (response.status == kProxyAuthenticationRequired)
        return net::Failure{net::FailureKind::proxy, "the proxy wants other credentials (407)"};
    const auto flag = response.headers.find(net::kEnvoyFlagsHeader);
    const auto kind = flag ? net::failure_of_envoy_flag(*flag) : std::nullopt;
    if (!kind) return std::nullopt;
    const auto details = response.headers.find("x-envoy-response-code-details").value_or("");
    return net::Failure{*kind, fmt::format("the proxy answered {}, flag {}, {}", response.status, *flag, details)};
}

}  // namespace outpost::http
