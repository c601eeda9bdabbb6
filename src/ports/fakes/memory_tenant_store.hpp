// The TenantStore in memory.
#pragma once

#include "base/shards.hpp"
#include "ports/tenant_store.hpp"

#include <map>

namespace outpost::ports::fakes {

inline constexpr std::size_t kMemoryTenantPageMax = 100;  // storage.md §4

/// All shards on one thread. Outlives restarts of the ledger beside it.
class MemoryTenantStore final : public TenantStore {
public:
    MemoryTenantStore(const Clock& clock, const Shards& shards) : clock_(clock), shards_(shards) {}

    Task<Result<TenantRecord>> get_tenant(TenantId id, Deadline deadline) override;
    Task<Result<TenantUpsert>> upsert_tenant(TenantId id, model::StringMap metadata, TimePoint now,
                                             Deadline deadline) override;
    Task<Result<void>> delete_tenant(TenantId id, TimePoint now, Deadline deadline) override;
    Task<Result<TenantPage>> list_tenants(TenantQuery query, Deadline deadline) override;
    Task<Result<model::StoredDestination>> get_destination(TenantId tenant, DestinationId id,
                                                           Deadline deadline) override;
    Task<Result<std::vector<model::StoredDestination>>> list_destinations(TenantId tenant, Deadline deadline) override;
    Task<Result<model::StoredDestination>> create_destination(model::Destination destination, std::size_t limit,
                                                              Deadline deadline) override;
    Task<Result<model::StoredDestination>> update_destination(model::Destination destination, std::uint64_t version,
                                                              Deadline deadline) override;
    Task<Result<void>> delete_destination(TenantId tenant, DestinationId id, TimePoint now, Deadline deadline) override;
    Task<Result<TenantViewPtr>> view(TenantId tenant, Deadline deadline) override;
    void subscribe(std::size_t shard, TenantListener& listener) override;

    /// The public id behind an inner name, also of a deleted destination; empty for numbers never given out.
    DestinationId destination_id(const model::DestinationKey& key) const;

private:
    /// A public id, once used, keeps its number for ever.
    struct Slot {
        model::DestinationKey key;
        std::shared_ptr<const model::StoredDestination> live;  // shared with views; null = deleted
    };
    struct Entry {
        std::uint32_t number = 0;
        std::optional<model::Tenant> live;
        std::map<DestinationId, Slot> slots;
    };
    Entry& entry_of(const TenantId& id);
    const Entry* live_entry(const TenantId& id) const;
    const Slot* live_slot(const TenantId& tenant, const DestinationId& id) const;
    static std::vector<std::shared_ptr<const model::StoredDestination>> live_destinations(const Entry& entry);
    static TenantRecord record_of(const Entry& entry);
    Result<model::StoredDestination> create(model::Destination destination, std::size_t limit);
    Result<model::StoredDestination> update(model::Destination destination, std::uint64_t version);
    /// Tells every listener, each on its shard, and returns when all have been told.
    Task<void> announce(TenantId tenant);

    const Clock& clock_;
    const Shards& shards_;
    std::map<TenantId, Entry> tenants_;
    std::map<std::uint32_t, DestinationId> names_;
    std::uint32_t last_tenant_ = 0;
    std::uint32_t last_destination_ = 0;
    std::uint64_t last_version_ = 0;
    std::vector<std::pair<std::size_t, TenantListener*>> listeners_;
};

}  // namespace outpost::ports::fakes
