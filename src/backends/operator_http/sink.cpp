#include "backends/operator_http/sink.hpp"

#include "base/crypto.hpp"
#include "base/encoding.hpp"

namespace outpost::operator_http {
namespace {

bool is_followed(const http::ClientResponse& response) {
    return (response.status == 307 || response.status == 308) && response.headers.find("Location");
}

Result<void> judge(const http::ClientResponse& response) {
    if (response.status >= 200 && response.status < 300) return {};
    return fail(Errc::unavailable, fmt::format("opevents: HTTP sink returned status {}: {}", response.status,
                                               std::string_view(response.body).substr(0, kRefusalBytesMax)));
}

}  // namespace

http::Headers headers_of(const SinkSettings& settings, std::string_view body) {
    http::Headers headers = {{"Content-Type", "application/json"}, {"User-Agent", settings.user_agent}};
    if (!settings.signing_secret.empty()) {
        headers.add("X-Outpost-Signature", "v0=" + to_hex(hmac_sha256(settings.signing_secret, body)));
    }
    return headers;
}

Task<Result<void>> HttpSink::send(std::string body, Deadline deadline) {
    http::ClientRequest request{.method = "POST", .url = settings_.url, .headers = headers_of(settings_, body)};
    request.body = Bytes(std::move(body));
    for (int redirects = 0;; ++redirects) {
        const http::ClientLimits limits{};
        auto response = co_await client_.send(std::move(request), limits, deadline);
        if (!response) {
            co_return fail(Errc::unavailable,
                           fmt::format("opevents: HTTP sink: {} {}", net::to_string(response.error().kind),
                                       response.error().detail));
        }
        if (!is_followed(*response) || redirects == kRedirectsMax) co_return judge(*response);
        auto next = http::resolve_url(response->request.url, *response->headers.find("Location"));
        if (!next) co_return fail(Errc::unavailable, "opevents: HTTP sink: " + next.error().text());
        request = std::move(response->request);
        request.url = std::move(*next);
    }
}

}  // namespace outpost::operator_http
