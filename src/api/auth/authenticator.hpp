// Who calls, and whether this route is for them (api.md §2.1). All of it precedes body and query.
#pragma once

#include "base/clock.hpp"
#include "base/deadline.hpp"
#include "base/id.hpp"
#include "ports/destination.hpp"
#include "ports/tenant_store.hpp"

#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace outpost::api {

/// What a route asks of its caller.
enum class Access {
    open,  ///< nothing: health, portal
    key,   ///< the API key
    any,   ///< the API key, or a token of the tenant
};

struct RouteAccess {
    Access access = Access::any;
    bool tenant_must_exist = false;  ///< 404 for an administrator when the path's tenant is unknown
};

/// Who was let in.
struct Caller {
    ports::Role role = ports::Role::admin;
    TenantId tenant;                            ///< only of a token
    std::optional<ports::TenantRecord> record;  ///< the tenant that was looked up: a token's, or the path's

    /// The tenant that the caller is confined to; none for the API key.
    std::optional<TenantId> scope() const { return role == ports::Role::tenant ? std::optional(tenant) : std::nullopt; }
};

/// Why a caller was not let in.
enum class Barred {
    unknown,           ///< 401
    forbidden,         ///< 403
    tenant_not_found,  ///< 404
    store_failed,      ///< 500
};

struct BarredCaller {
    Barred why = Barred::unknown;
    std::string failure;  ///< of store_failed: what the store said, for the log
};

struct AuthSettings {
    std::string api_key;
    bool open_access = false;  ///< API_ALLOW_OPEN: everything is admin (decision A15)
    std::string jwt_secret;    ///< empty: no token is ever accepted (decision A14)
};

/// What the header says, before any look-up: steps 1–6 of api.md §2.1. Pure.
/// @param path_tenant  the path's tenant, if the route has one
std::expected<Caller, Barred> identify(const AuthSettings& settings, std::optional<std::string_view> authorization,
                                       Access access, std::optional<std::string_view> path_tenant, TimePoint now);

/// One a shard.
class Authenticator {
public:
    Authenticator(AuthSettings settings, ports::TenantStore& store, const Clock& clock)
        : settings_(std::move(settings)), store_(store), clock_(clock) {}

    /// All nine steps. A token's tenant is looked up on every route, also on those without a tenant in the path.
    Task<std::expected<Caller, BarredCaller>> admit(RouteAccess route, std::optional<std::string> authorization,
                                                    std::optional<TenantId> path_tenant, Deadline deadline);

private:
    AuthSettings settings_;
    ports::TenantStore& store_;
    const Clock& clock_;
};

}  // namespace outpost::api
