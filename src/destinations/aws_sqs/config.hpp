// What an SQS destination's configuration means (destinations.md §5).
#pragma once

#include "net/http/url.hpp"
#include "model/destination.hpp"
#include "ports/destination.hpp"

#include <optional>
#include <string>

namespace outpost::aws_sqs {

struct QueueConfig {
    std::string queue_url;  ///< as it was entered
    http::Url root;         ///< where calls go
    std::string region;
    bool is_fifo = false;
};

/// None when the queue's URL or the endpoint can't be parsed. The region: what the queue's host says, else
/// config.region, else us-east-1; never the environment's.
std::optional<QueueConfig> parse_config(const model::Destination& destination);

/// The queue in the AWS console; empty for queues that are not of AWS.
std::string console_url(const std::string& queue_url);

}  // namespace outpost::aws_sqs
