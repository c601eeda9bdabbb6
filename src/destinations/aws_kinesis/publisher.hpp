// Sends events to one Kinesis stream (destinations.md §6).
#pragma once

#include "destinations/aws/publisher.hpp"
#include "destinations/aws_kinesis/config.hpp"

namespace outpost::aws_kinesis {

/// PutRecord, in AWS JSON 1.1.
class KinesisPublisher final : public aws::Publisher {
public:
    KinesisPublisher(const ports::ProviderContext& context, std::shared_ptr<const model::StoredDestination> destination,
                     StreamConfig config);

private:
    Result<Prepared> prepare(const model::Event& event, TimePoint attempt_time) const override;
    /// @param name  the partition key
    model::Outcome outcome_of_answer(const http::ClientResponse& answer, const std::string& name) const override;
    /// What the template makes of the event; its id where that is nothing.
    std::string partition_key(const model::Event& event, const model::StringMap& metadata) const;

    StreamConfig config_;
};

}  // namespace outpost::aws_kinesis
