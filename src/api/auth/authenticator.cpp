#include "api/auth/authenticator.hpp"

#include "api/auth/jwt.hpp"
#include "base/crypto.hpp"

namespace outpost::api {
namespace {

/// Exactly "Bearer " and a token that is taken as it is (api.md §2.1).
std::optional<std::string_view> bearer_token(std::optional<std::string_view> authorization) {
    constexpr std::string_view kPrefix = "Bearer ";
    if (!authorization || !authorization->starts_with(kPrefix)) return std::nullopt;
    const std::string_view token = authorization->substr(kPrefix.size());
    return token.empty() ? std::nullopt : std::optional(token);
}

}  // namespace

std::expected<Caller, Barred> identify(const AuthSettings& settings, std::optional<std::string_view> authorization,
                                       Access access, std::optional<std::string_view> path_tenant, TimePoint now) {
    if (access == Access::open || settings.open_access) return Caller{};
    const auto token = bearer_token(authorization);
    if (!token) return std::unexpected(Barred::unknown);
    if (!settings.api_key.empty() && equal_constant_time(*token, settings.api_key)) return Caller{};
    auto tenant = verify_token(*token, settings.jwt_secret, now);
    if (!tenant) return std::unexpected(Barred::unknown);
    if (access == Access::key) return std::unexpected(Barred::forbidden);
    if (path_tenant && *path_tenant != *tenant) return std::unexpected(Barred::forbidden);
    if (tenant->empty()) return std::unexpected(Barred::unknown);
    return Caller{ports::Role::tenant, TenantId(std::move(*tenant)), std::nullopt};
}

Task<std::expected<Caller, BarredCaller>> Authenticator::admit(RouteAccess route,
                                                               std::optional<std::string> authorization,
                                                               std::optional<TenantId> path_tenant, Deadline deadline) {
    std::optional<std::string_view> path_text;
    if (path_tenant) path_text = path_tenant->value;
    auto caller = identify(settings_, authorization, route.access, path_text, clock_.now());
    if (!caller) co_return std::unexpected(BarredCaller{caller.error(), {}});
    const bool of_token = caller->role == ports::Role::tenant;
    if (!of_token && !route.tenant_must_exist) co_return std::move(*caller);
    ASSERT(of_token || path_tenant.has_value());
    auto record = co_await store_.get_tenant(of_token ? caller->tenant : *path_tenant, deadline);
    if (record) {
        caller->record = std::move(*record);
        co_return std::move(*caller);
    }
    if (record.error().code() == Errc::not_found)
        co_return std::unexpected(BarredCaller{of_token ? Barred::unknown : Barred::tenant_not_found, {}});
    co_return std::unexpected(BarredCaller{Barred::store_failed, record.error().describe()});
}

}  // namespace outpost::api
