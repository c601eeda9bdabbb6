// Tenants: create or replace, read, list, delete (api.md §7).
#pragma once

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "manage/refusal/refusal.hpp"
#include "ports/tenant_store.hpp"

namespace outpost::manage {

/// The metadata of a PUT body. An empty body, and one without metadata, clear it (api.md §7.2). Pure.
Granted<model::StringMap> parse_tenant_body(std::string_view body);

/// One a shard. Durable when a write returns.
class Tenants {
public:
    Tenants(ports::TenantStore& store, const Clock& clock) : store_(store), clock_(clock) {}

    /// Creates the tenant, or replaces its metadata. @param body  JSON, may be empty
    Task<Granted<ports::TenantUpsert>> upsert(TenantId id, Bytes body, Deadline deadline);
    /// not_found "tenant not found"
    Task<Granted<ports::TenantRecord>> get(TenantId id, Deadline deadline);
    /// Its destinations go with it. not_found "tenant not found"
    Task<Granted<void>> remove(TenantId id, Deadline deadline);
    Task<Granted<ports::TenantPage>> list(ports::TenantQuery query, Deadline deadline);

private:
    ports::TenantStore& store_;
    const Clock& clock_;
};

}  // namespace outpost::manage
