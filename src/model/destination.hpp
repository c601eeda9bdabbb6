// Where a tenant wants its events (api.md §8.1), and how the inside names it (design.md §2).
#pragma once

#include "base/id.hpp"
#include "base/time.hpp"
#include "model/string_map.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

namespace outpost::model {

struct Destination {
    DestinationId id;
    TenantId tenant_id;
    std::string type;
    std::vector<std::string> topics;  ///< {"*"} for all; never empty
    std::string filter;               ///< compact JSON object; empty = no filter
    StringMap config;
    StringMap credentials;  ///< in clear here; sealed at rest, masked when shown
    StringMap delivery_metadata;
    StringMap metadata;
    TimePoint created_at;
    TimePoint updated_at;
    std::optional<TimePoint> disabled_at;
    std::string disabled_reason = {};  ///< empty: a person did it; else "consecutive_failure" or "gone". Never shown

    bool operator==(const Destination&) const = default;
};

/// The inner name of a destination. Numbers are given out once by the TenantStore and never reused for another
/// public id; `incarnation` counts how often the public id was created anew after a deletion.
struct DestinationKey {
    std::uint32_t tenant = 0;
    std::uint32_t destination = 0;
    std::uint32_t incarnation = 0;

    auto operator<=>(const DestinationKey&) const = default;
};

/// A destination as the store holds it.
struct StoredDestination {
    Destination destination;
    DestinationKey key;
    std::uint64_t version = 0;  ///< grows with every write; publishers are kept per version (decision B9)
};

}  // namespace outpost::model
