// The hookdeck type: events go to a source of Hookdeck's Event Gateway (destinations.md §4).
#pragma once

#include "destinations/hookdeck/token.hpp"
#include "net/http/url.hpp"
#include "ports/destination.hpp"
#include "ports/destination_context.hpp"

#include <memory>

namespace outpost::hookdeck {

/// One a shard; outlives the publishers it opens.
class HookdeckProvider final : public ports::DestinationProvider {
public:
    /// The URLs of the settings were checked at start.
    explicit HookdeckProvider(const ports::ProviderContext& context);

    const model::DestinationType& type() const override { return type_; }
    std::expected<void, ports::Rejection> validate(const model::Destination& destination) const override;
    std::expected<void, ports::Rejection> preprocess(model::Destination& destination,
                                                     const ports::PreprocessContext& context) const override;
    /// Asks Hookdeck about a token that is not the stored one, for kVerificationTimeout at most, unless
    /// DESTINATIONS_HOOKDECK_VERIFY is false; writes config.source_id, and config.source_name when it was asked.
    Task<std::expected<model::Destination, ports::Rejection>> verify(model::Destination destination,
                                                                     std::optional<model::Destination> stored,
                                                                     Deadline deadline) const override;
    ports::Target target(const model::Destination& destination) const override;
    model::Destination display(const model::Destination& destination, TimePoint now) const override;
    Result<std::unique_ptr<ports::Publisher>> open(
        std::shared_ptr<const model::StoredDestination> destination) override;

private:
    ports::ProviderContext context_;
    model::DestinationType type_;
    http::Url api_;
    http::Url events_;
};

/// For the catalogue (destinations/catalog.hpp).
std::unique_ptr<ports::DestinationProvider> make_provider(const ports::ProviderContext& context);

}  // namespace outpost::hookdeck
