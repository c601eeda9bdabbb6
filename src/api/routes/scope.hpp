// Which tenants' events a caller may look at (api.md §2.3). Pure.
#pragma once

#include "api/query/list_query.hpp"
#include "api/routes/call.hpp"

namespace outpost::api {

/// For lists: a token's own tenant, and 403 when the query names another; for the API key what the query names.
Parsed<std::vector<TenantId>> listed_tenants(const Call& call);

/// For one thing by id: a token's own tenant whatever the query says; for the API key the query's `tenant_id`, if any.
std::optional<TenantId> single_scope(const Call& call);

/// An array parameter as ids.
template <class IdType>
std::vector<IdType> ids_of(const Query& query, std::string_view name) {
    std::vector<IdType> ids;
    for (std::string& value : query.array(name)) ids.emplace_back(std::move(value));
    return ids;
}

}  // namespace outpost::api
