// /tenants and /tenants/{tenant_id} (api.md §7).
#pragma once

#include "api/routes/call.hpp"
#include "manage/tenants/tenants.hpp"

namespace outpost::api {

class TenantRoutes {
public:
    explicit TenantRoutes(manage::Tenants& tenants) : tenants_(tenants) {}

    Task<http::ServerResponse> list(Call call);
    Task<http::ServerResponse> put(Call call);
    Task<http::ServerResponse> get(Call call);
    Task<http::ServerResponse> remove(Call call);

private:
    manage::Tenants& tenants_;
};

}  // namespace outpost::api
