#include "manage/catalog/catalog.hpp"

namespace outpost::manage {

Catalog::Catalog(std::vector<ports::DestinationProvider*> providers) : providers_(std::move(providers)) {
    for (std::size_t i = 0; i < providers_.size(); ++i) {
        ASSERT(find(providers_[i]->type().type) == providers_[i]);
    }
}

const ports::DestinationProvider* Catalog::find(std::string_view type) const {
    const auto found =
        std::ranges::find_if(providers_, [&](const auto* provider) { return provider->type().type == type; });
    return found == providers_.end() ? nullptr : *found;
}

ShownDestination show(const Catalog& catalog, const model::Destination& destination, TimePoint now) {
    if (const ports::DestinationProvider* provider = catalog.find(destination.type)) {
        return {provider->display(destination, now), provider->target(destination)};
    }
    ShownDestination shown{destination, {}};
    for (auto& [key, value] : shown.destination.credentials) value = model::mask(value);
    return shown;
}

}  // namespace outpost::manage
