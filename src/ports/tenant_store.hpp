// Tenants and destinations: the configuration truth (storage.md §4, api.md §7–8).
#pragma once

#include "base/deadline.hpp"
#include "base/result.hpp"
#include "base/task.hpp"
#include "model/destination.hpp"
#include "model/page.hpp"
#include "model/tenant.hpp"

#include <memory>
#include <vector>

namespace outpost::ports {

/// A tenant as it is shown.
struct TenantRecord {
    model::Tenant tenant;
    std::size_t destinations_count = 0;  ///< live ones, disabled included
    std::vector<std::string> topics;     ///< union, sorted; {"*"} if any destination has it; {} when none
};

struct TenantUpsert {
    TenantRecord record;
    bool created = false;
};

struct TenantQuery {
    std::vector<TenantId> ids;  ///< exact; empty = all
    model::PageRequest page;    ///< by (created_at, id); limit 1..100
};

struct TenantPage {
    std::vector<TenantRecord> tenants;
    model::PageLinks links;
    std::size_t count = 0;  ///< all that match `ids`, whatever the page
};

/// What publishing and delivering need of a tenant. Immutable.
struct TenantView {
    TenantId id;
    std::uint32_t number = 0;  ///< inner number; also unknown tenants have one, for events are stored for them too
    bool exists = false;
    std::vector<std::shared_ptr<const model::StoredDestination>> destinations;  ///< live, by created_at
};
using TenantViewPtr = std::shared_ptr<const TenantView>;  // shared: cached by every shard

/// Told of each write to a tenant or its destinations. Called on the listener's shard, before the write's answer
/// reaches its caller, so that whoever saw the answer meets the new state.
class TenantListener {
public:
    virtual ~TenantListener() = default;
    virtual void tenant_changed(const TenantId& tenant) = 0;
};

/// Any shard. Writes are durable when they return. unavailable and timeout are possible everywhere.
class TenantStore {
public:
    virtual ~TenantStore() = default;

    /// @return not_found for unknown and deleted ones
    virtual Task<Result<TenantRecord>> get_tenant(TenantId id, Deadline deadline) = 0;
    /// Creates, or replaces the metadata of, a tenant; both times are `now` on creation, updated_at on update.
    /// Destinations of a deleted tenant do not come back.
    virtual Task<Result<TenantUpsert>> upsert_tenant(TenantId id, model::StringMap metadata, TimePoint now,
                                                     Deadline deadline) = 0;
    /// Deletes it and all its destinations. @return not_found
    virtual Task<Result<void>> delete_tenant(TenantId id, TimePoint now, Deadline deadline) = 0;
    virtual Task<Result<TenantPage>> list_tenants(TenantQuery query, Deadline deadline) = 0;

    /// @return not_found for unknown and deleted ones
    virtual Task<Result<model::StoredDestination>> get_destination(TenantId tenant, DestinationId id,
                                                                   Deadline deadline) = 0;
    /// By created_at, then id. Disabled ones included.
    virtual Task<Result<std::vector<model::StoredDestination>>> list_destinations(TenantId tenant,
                                                                                  Deadline deadline) = 0;
    /// @return not_found (no such tenant), conflict (the id is taken), limited (`limit` live destinations exist)
    virtual Task<Result<model::StoredDestination>> create_destination(model::Destination destination, std::size_t limit,
                                                                      Deadline deadline) = 0;
    /// Replaces a destination if it is still at `version` (decision C2). To enable it, or to change its config or
    /// credentials, begins its count of failures anew (C1); `disabled_reason` ends with `disabled_at`.
    /// @return not_found, conflict
    virtual Task<Result<model::StoredDestination>> update_destination(model::Destination destination,
                                                                      std::uint64_t version, Deadline deadline) = 0;
    /// @return not_found
    virtual Task<Result<void>> delete_destination(TenantId tenant, DestinationId id, TimePoint now,
                                                  Deadline deadline) = 0;

    /// What matching needs. Never not_found: an unknown tenant has a view without destinations.
    virtual Task<Result<TenantViewPtr>> view(TenantId tenant, Deadline deadline) = 0;

    /// Before any other call. `shard` is where the listener is called.
    virtual void subscribe(std::size_t shard, TenantListener& listener) = 0;
};

}  // namespace outpost::ports
