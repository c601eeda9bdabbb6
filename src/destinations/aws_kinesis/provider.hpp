// The aws_kinesis type (destinations.md §6).
#pragma once

#include "destinations/aws/provider.hpp"

#include <memory>

namespace outpost::aws_kinesis {

class KinesisProvider final : public aws::Provider {
public:
    explicit KinesisProvider(const ports::ProviderContext& context);

    /// Validates, so that a stored record that is not valid stays as it is until it is mended (§1.6).
    std::expected<void, ports::Rejection> preprocess(model::Destination& destination,
                                                     const ports::PreprocessContext& context) const override;
    ports::Target target(const model::Destination& destination) const override;

private:
    std::optional<ports::FieldProblem> check(const model::Destination& destination) const override;
    Result<std::unique_ptr<ports::Publisher>> make_publisher(
        std::shared_ptr<const model::StoredDestination> destination) const override;
};

/// For the catalogue (destinations/catalog.hpp).
std::unique_ptr<ports::DestinationProvider> make_provider(const ports::ProviderContext& context);

}  // namespace outpost::aws_kinesis
