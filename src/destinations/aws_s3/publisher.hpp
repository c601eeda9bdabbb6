// Stores events as objects of one S3 bucket (destinations.md §7).
#pragma once

#include "destinations/aws/publisher.hpp"
#include "destinations/aws_s3/config.hpp"

namespace outpost::aws_s3 {

/// PutObject.
class S3Publisher final : public aws::Publisher {
public:
    S3Publisher(const ports::ProviderContext& context, std::shared_ptr<const model::StoredDestination> destination,
                BucketConfig config);

private:
    Result<Prepared> prepare(const model::Event& event, TimePoint attempt_time) const override;
    /// @param name  the object's key
    model::Outcome outcome_of_answer(const http::ClientResponse& answer, const std::string& name) const override;
    http::Headers headers(const model::Event& event, const model::StringMap& metadata) const;

    BucketConfig config_;
};

}  // namespace outpost::aws_s3
