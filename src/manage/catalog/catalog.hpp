// The destination types of this program, in registration order (destinations.md §1.1).
#pragma once

#include "ports/destination.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace outpost::manage {

/// One a shard, used on that shard only: providers belong to it. Refers to providers, which outlive it.
class Catalog {
public:
    /// @param providers  in registration order; types are distinct
    explicit Catalog(std::vector<ports::DestinationProvider*> providers);

    /// nullptr for an unknown type.
    const ports::DestinationProvider* find(std::string_view type) const;
    std::span<ports::DestinationProvider* const> providers() const { return providers_; }

private:
    std::vector<ports::DestinationProvider*> providers_;  // nine at most: a scan is the fastest map
};

/// The destination as clients may see it, with its target (api.md §8.1). A type that this build does not have shows
/// no credentials in clear, for nobody can say which of them are secret.
struct ShownDestination {
    model::Destination destination;
    ports::Target target;
};
ShownDestination show(const Catalog& catalog, const model::Destination& destination, TimePoint now);

}  // namespace outpost::manage
