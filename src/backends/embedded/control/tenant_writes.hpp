// The writes to tenants and destinations: one transaction each. Control thread only.
#pragma once

#include "backends/embedded/control/tenant_rows.hpp"
#include "ports/tenant_store.hpp"

namespace outpost::embedded {

/// Errors as in ports::TenantStore.
class TenantWrites {
public:
    TenantWrites(Database& control, const Sealer& sealer) : control_(control), sealer_(sealer) {}

    /// @return whether it was created
    Result<bool> upsert_tenant(const TenantId& id, const model::StringMap& metadata, TimePoint now);
    Result<void> delete_tenant(const TenantId& id, TimePoint now);
    /// The number of a tenant id, given out now if it has none.
    Result<std::uint32_t> number_of(const TenantId& id);

    Result<model::StoredDestination> create_destination(const model::Destination& destination, std::size_t limit);
    Result<model::StoredDestination> update_destination(const model::Destination& destination, std::uint64_t version);
    Result<void> delete_destination(const TenantId& tenant, const DestinationId& id, TimePoint now);

private:
    struct Live {
        std::uint32_t number;
        bool exists;
    };
    Result<std::optional<Live>> find_tenant(const TenantId& id);
    Result<void> write_destination(const model::Destination& destination, const model::DestinationKey& key,
                                   std::uint64_t version);

    Database& control_;
    const Sealer& sealer_;
};

}  // namespace outpost::embedded
