#include "destinations/catalog.hpp"

namespace outpost::destinations {

std::vector<std::unique_ptr<ports::DestinationProvider>> make_providers(const ports::ProviderContext& context) {
    std::vector<std::unique_ptr<ports::DestinationProvider>> providers;
    for (const BuiltType& type : built_types()) providers.push_back(type.make(context));
    return providers;
}

}  // namespace outpost::destinations
