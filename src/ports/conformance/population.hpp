// Tenants, destinations and events as the suites make them (storage.md §15, fixtures).
#pragma once

#include "ports/conformance/fixture.hpp"

namespace outpost::ports::conformance {

inline constexpr std::size_t kManyDestinations = 1000;

/// A webhook for all topics, with something in every map.
model::Destination a_destination(TenantId tenant, DestinationId id, TimePoint created);

/// What an event is made of; the rest does not matter.
struct EventShape {
    EventId id;
    TenantId tenant_id{"t1"};
    std::string topic = "user.created";
    TimePoint time;
    std::string data;  ///< empty: made up
};
model::EventPtr an_event(EventShape shape, TimePoint received);

/// Creates tenants and destinations through the store and remembers their inner names. Failures throw.
class Population {
public:
    explicit Population(Fixture& fixture) : fixture_(fixture) {}

    /// Creates the tenant on first use. @return its inner number
    std::uint32_t tenant(const TenantId& id);
    /// Creates the destination, and its tenant, on first use.
    model::DestinationKey destination(const DestinationId& id, const TenantId& tenant = TenantId("t1"));
    /// A destination of tenant t1 that lives on this shard.
    model::DestinationKey destination_on(std::size_t shard);
    /// Deletes it and creates it anew: the next incarnation.
    model::DestinationKey recreate(const DestinationId& id, const TenantId& tenant = TenantId("t1"));

    /// An acceptance as publishing makes them.
    Acceptance acceptance(EventShape shape, std::vector<model::DestinationKey> destinations,
                          bool client_chose_id = true);

private:
    Fixture& fixture_;
    std::map<TenantId, std::uint32_t> tenants_;
    std::map<std::pair<TenantId, DestinationId>, model::DestinationKey> destinations_;
};

}  // namespace outpost::ports::conformance
