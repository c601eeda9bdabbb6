// The writes to tenants and destinations: one transaction each. Control thread only.
#pragma once

#include "backends/embedded/control/outbox_rows.hpp"
#include "backends/embedded/control/tenant_rows.hpp"
#include "ports/tenant_store.hpp"

#include <functional>

namespace outpost::embedded {

/// Where and when a destination's count of failures begins.
struct CounterStart {
    std::int64_t place = 0;  ///< as of log_place
    std::int64_t time_ms = 0;
};

/// What writes have to do with the log and with who watches it.
struct TenantWriteSettings {
    /// The end of the log, and now: counts begin there anew.
    std::function<CounterStart()> log_end = [] { return CounterStart(); };
    bool tell_subscriptions = false;  ///< a tenant's topics or number of destinations: operator events (§12.1)
};

/// Errors as in ports::TenantStore.
class TenantWrites {
public:
    TenantWrites(Database& control, const Sealer& sealer, TenantWriteSettings settings = {})
        : control_(control), sealer_(sealer), settings_(std::move(settings)) {}

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
                                   std::uint64_t version, const CounterStart& counter);
    Result<CounterStart> counter_of(const model::Destination& changed, std::uint32_t number);
    /// A tenant's topics and how many destinations have them; for operator events.
    struct Subscription {
        std::vector<std::string> topics;
        std::size_t destinations = 0;
        bool operator==(const Subscription&) const = default;
    };
    Result<Subscription> subscription_of(std::uint32_t tenant);
    Result<void> tell_change(const Subscription& before, const TenantId& tenant, const model::DestinationKey& key,
                             std::uint64_t version, TimePoint now);

    Database& control_;
    const Sealer& sealer_;
    TenantWriteSettings settings_;
};

}  // namespace outpost::embedded
