#include "api/routes/tokens.hpp"

#include "api/auth/jwt.hpp"
#include "api/envelope/envelope.hpp"
#include "base/json_writer.hpp"

namespace outpost::api {
namespace {

constexpr std::string_view kNoSecret = "tenant tokens are not available: API_JWT_SECRET is not set";

std::string_view scheme_of(const http::ServerRequest& request) {
    const std::string_view forwarded = request.headers.find("X-Forwarded-Proto").value_or("");
    const std::string_view first = forwarded.substr(0, forwarded.find(','));  // the proxy next to the client
    if (http::equal_ignoring_case(first, "https")) return "https";
    if (http::equal_ignoring_case(first, "http")) return "http";
    return request.encrypted ? "https" : "http";
}

}  // namespace

Task<http::ServerResponse> TokenRoutes::token(Call call) {
    if (settings_.secret.empty()) co_return error_response(501, kNoSecret);
    std::string body;
    JsonWriter out(body);
    out.begin_object();
    out.member("tenant_id", call.tenant().value);
    out.member("token", token_of(call.tenant()));
    out.end_object();
    co_return json_response(200, std::move(body));
}

Task<http::ServerResponse> TokenRoutes::portal(Call call) {
    if (settings_.secret.empty()) co_return error_response(501, kNoSecret);
    std::string url = fmt::format("{}://{}?token={}", scheme_of(call.request),
                                  call.request.headers.find("Host").value_or("localhost"), token_of(call.tenant()));
    const std::string_view theme = call.query.find("theme").value_or("");
    if (theme == "dark" || theme == "light") url += fmt::format("&theme={}", theme);
    std::string body;
    JsonWriter out(body);
    out.begin_object();
    out.member("redirect_url", url);
    out.member("tenant_id", call.tenant().value);
    out.end_object();
    co_return json_response(200, std::move(body));
}

std::string TokenRoutes::token_of(const TenantId& tenant) const {
    return sign_token({tenant.value, clock_.now(), settings_.deployment_id}, settings_.secret);
}

}  // namespace outpost::api
