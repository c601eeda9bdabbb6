// The destination types of this build, as catalog.txt lists them (destinations.md §1.1).
#pragma once

#include "ports/destination.hpp"
#include "ports/destination_context.hpp"

#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace outpost::destinations {

/// A folder's way in: `make_provider` of its namespace, which is named as the folder.
struct BuiltType {
    std::string_view folder;
    std::unique_ptr<ports::DestinationProvider> (*make)(const ports::ProviderContext& context);
};

/// In registration order. Generated from catalog.txt when the build is configured.
std::span<const BuiltType> built_types();

/// One provider a type, in registration order, for one shard.
std::vector<std::unique_ptr<ports::DestinationProvider>> make_providers(const ports::ProviderContext& context);

}  // namespace outpost::destinations
