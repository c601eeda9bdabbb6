// The reads of tenants and destinations, on a reader's own connection.
#pragma once

#include "backends/embedded/control/tenant_rows.hpp"
#include "ports/tenant_store.hpp"

namespace outpost::embedded {

/// Errors as in ports::TenantStore.
class TenantReads {
public:
    TenantReads(Database& control, const Sealer& sealer) : control_(control), sealer_(sealer) {}

    Result<ports::TenantRecord> get_tenant(const TenantId& id);
    Result<ports::TenantPage> list_tenants(const ports::TenantQuery& query);
    Result<model::StoredDestination> get_destination(const TenantId& tenant, const DestinationId& id);
    Result<std::vector<model::StoredDestination>> list_destinations(const TenantId& tenant);
    /// Null when the tenant id has no number yet.
    Result<ports::TenantViewPtr> view(const TenantId& tenant);

private:
    Result<ports::TenantRecord> complete(model::Tenant tenant, std::int64_t number);
    Result<std::vector<model::StoredDestination>> destinations_of(std::int64_t number, const TenantId& tenant);

    Database& control_;
    const Sealer& sealer_;
};

}  // namespace outpost::embedded
