#include "api/routes/scope.hpp"

#include "api/envelope/envelope.hpp"

namespace outpost::api {

Parsed<std::vector<TenantId>> listed_tenants(const Call& call) {
    std::vector<TenantId> named = ids_of<TenantId>(call.query, "tenant_id");
    const std::optional<TenantId> own = call.caller.scope();
    if (!own) return named;
    if (std::ranges::any_of(named, [&](const TenantId& id) { return id != *own; })) {
        return std::unexpected(error_response(403, "tenant_id query parameter does not match authenticated tenant"));
    }
    return std::vector{*own};
}

std::optional<TenantId> single_scope(const Call& call) {
    if (auto own = call.caller.scope()) return own;
    if (const auto named = call.query.find_filled("tenant_id")) return TenantId(*named);
    return std::nullopt;
}

}  // namespace outpost::api
