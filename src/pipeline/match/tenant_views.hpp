// What this shard knows of tenants: compiled filters, live destinations; reloaded after each write (design.md §4
// "Matching").
#pragma once

#include "base/deadline.hpp"
#include "base/result.hpp"
#include "model/filter.hpp"
#include "model/send_limits.hpp"
#include "ports/tenant_store.hpp"

#include <list>
#include <unordered_map>

namespace outpost::pipeline {

inline constexpr std::size_t kTenantViewsMax = 4096;  ///< of one shard; the least recently used goes

/// A tenant's destinations, ready to be matched. Immutable.
struct CompiledTenant {
    struct Entry {
        std::shared_ptr<const model::StoredDestination> destination;
        model::Filter filter;
        model::SendLimits limits;
        bool filter_broken = false;  ///< stored before filters were checked: matches nothing
    };
    ports::TenantViewPtr view;
    std::vector<Entry> entries;

    /// The live destination of this number, or null.
    const Entry* find(std::uint32_t destination) const;
    const Entry* find(const DestinationId& id) const;
};
using CompiledTenantPtr = std::shared_ptr<const CompiledTenant>;  // shared: in use while it is replaced

/// One a shard, on its thread.
class TenantViews final : public ports::TenantListener {
public:
    TenantViews(ports::TenantStore& store, bool allow_wildcards) : store_(store), allow_wildcards_(allow_wildcards) {}

    /// As of the last write whose answer anyone has seen. @return unavailable, timeout, corrupt
    Task<Result<CompiledTenantPtr>> get(TenantId tenant, Deadline deadline);
    /// What is known of a tenant without waiting; null: nothing is.
    CompiledTenantPtr known(const TenantId& tenant) const;
    void tenant_changed(const TenantId& tenant) override;

    bool allow_wildcards() const { return allow_wildcards_; }

private:
    struct Cached {
        CompiledTenantPtr compiled;
        std::list<TenantId>::iterator use;
    };
    void remember(const TenantId& tenant, CompiledTenantPtr compiled);

    ports::TenantStore& store_;
    bool allow_wildcards_;
    std::unordered_map<TenantId, Cached> cache_;
    std::list<TenantId> uses_;   ///< most recent first
    std::uint64_t changes_ = 0;  ///< a load that began before a change is not kept
};

}  // namespace outpost::pipeline
