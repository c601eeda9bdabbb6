// The aws_eventbridge type (destinations.md §12).
#pragma once

#include "destinations/aws/provider.hpp"

#include <memory>

namespace outpost::aws_eventbridge {

class EventBridgeProvider final : public aws::Provider {
public:
    explicit EventBridgeProvider(const ports::ProviderContext& context);

    ports::Target target(const model::Destination& destination) const override;

private:
    /// The endpoint; then one key without the other. None at all is accepted and fails at AWS.
    std::optional<ports::FieldProblem> check(const model::Destination& destination) const override;
    Result<std::unique_ptr<ports::Publisher>> make_publisher(
        std::shared_ptr<const model::StoredDestination> destination) const override;
};

/// For the catalogue (destinations/catalog.hpp).
std::unique_ptr<ports::DestinationProvider> make_provider(const ports::ProviderContext& context);

}  // namespace outpost::aws_eventbridge
