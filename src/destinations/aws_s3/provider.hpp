// The aws_s3 type (destinations.md §7).
#pragma once

#include "destinations/aws/provider.hpp"

#include <memory>

namespace outpost::aws_s3 {

class S3Provider final : public aws::Provider {
public:
    explicit S3Provider(const ports::ProviderContext& context);

    ports::Target target(const model::Destination& destination) const override;

private:
    /// The storage class, then the key template. The endpoint is not checked here (§7), but when it is opened.
    std::optional<ports::FieldProblem> check(const model::Destination& destination) const override;
    Result<std::unique_ptr<ports::Publisher>> make_publisher(
        std::shared_ptr<const model::StoredDestination> destination) const override;
};

/// For the catalogue (destinations/catalog.hpp).
std::unique_ptr<ports::DestinationProvider> make_provider(const ports::ProviderContext& context);

}  // namespace outpost::aws_s3
