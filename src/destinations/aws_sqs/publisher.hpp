// Sends events to one SQS queue (destinations.md §5).
#pragma once

#include "destinations/aws/publisher.hpp"
#include "destinations/aws_sqs/config.hpp"

namespace outpost::aws_sqs {

/// SendMessage, in AWS JSON 1.0.
class SqsPublisher final : public aws::Publisher {
public:
    SqsPublisher(const ports::ProviderContext& context, std::shared_ptr<const model::StoredDestination> destination,
                 QueueConfig config);

private:
    Result<Prepared> prepare(const model::Event& event, TimePoint attempt_time) const override;
    /// A success must be an object whose MD5OfMessageBody, if it has one, is that of what was sent.
    model::Outcome outcome_of_answer(const http::ClientResponse& answer, const std::string& name) const override;

    QueueConfig config_;
};

}  // namespace outpost::aws_sqs
