// Puts events on one EventBridge bus (destinations.md §12).
#pragma once

#include "destinations/aws/publisher.hpp"
#include "destinations/aws_eventbridge/config.hpp"

namespace outpost::aws_eventbridge {

/// PutEvents with one entry, in AWS JSON 1.1.
class EventBridgePublisher final : public aws::Publisher {
public:
    EventBridgePublisher(const ports::ProviderContext& context,
                         std::shared_ptr<const model::StoredDestination> destination, BusConfig config);

private:
    Result<Prepared> prepare(const model::Event& event, TimePoint attempt_time) const override;
    /// 200 does not mean that the entry was taken.
    model::Outcome outcome_of_answer(const http::ClientResponse& answer, const std::string& name) const override;

    BusConfig config_;
};

}  // namespace outpost::aws_eventbridge
