// Destinations of tenants: create, read, list, patch, enable, disable, delete (api.md §8).
#pragma once

#include "base/bytes.hpp"
#include "base/deadline.hpp"
#include "base/id_generator.hpp"
#include "base/task.hpp"
#include "manage/destinations/creation.hpp"
#include "manage/destinations/listing.hpp"
#include "manage/destinations/patch.hpp"
#include "ports/tenant_store.hpp"

#include <functional>

namespace outpost::manage {

/// How often a change is tried again when others keep writing the same destination first.
inline constexpr int kDestinationUpdateTriesMax = 8;

/// Whose destination, and which.
struct DestinationAddress {
    TenantId tenant;
    DestinationId id;
};

/// One a shard. Durable when a write returns. Types may ask others before a write (DestinationProvider::verify).
/// Destinations come back as stored: show them through the catalog.
class Destinations {
public:
    Destinations(ports::TenantStore& store, const Catalog& catalog, const Clock& clock, const IdGenerator& ids,
                 DestinationRules rules)
        : store_(store), catalog_(catalog), clock_(clock), ids_(ids), rules_(std::move(rules)) {}

    /// taken "destination already exists"; limited "maximum number of destinations per tenant reached"
    Task<Granted<model::Destination>> create(TenantId tenant, ports::Role role, Bytes body, Deadline deadline);
    Task<Granted<model::Destination>> get(DestinationAddress address, Deadline deadline);
    /// Oldest first.
    Task<Granted<std::vector<model::Destination>>> list(TenantId tenant, DestinationFilter filter, Deadline deadline);
    /// Nothing of a concurrent write is lost: the patch is applied again to what that write left.
    Task<Granted<model::Destination>> patch(DestinationAddress address, ports::Role role, Bytes body,
                                            Deadline deadline);
    /// Repeating either changes nothing; `updated_at` stays (api.md §8.11).
    Task<Granted<model::Destination>> enable(DestinationAddress address, Deadline deadline);
    Task<Granted<model::Destination>> disable(DestinationAddress address, Deadline deadline);
    /// @return what was deleted
    Task<Granted<model::Destination>> remove(DestinationAddress address, Deadline deadline);

private:
    using Change = std::function<Granted<model::Destination>(const model::Destination&)>;
    Task<Granted<model::Destination>> verified(model::Destination destination, std::optional<model::Destination> stored,
                                               Deadline deadline);
    Task<Granted<model::Destination>> change(DestinationAddress address, Change change, Deadline deadline);

    ports::TenantStore& store_;
    const Catalog& catalog_;
    const Clock& clock_;
    const IdGenerator& ids_;
    DestinationRules rules_;
};

}  // namespace outpost::manage
