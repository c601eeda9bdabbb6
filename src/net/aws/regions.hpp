// Where AWS services are reached (decision B17: commercial, China, GovCloud, isolated and European partitions).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace outpost::aws {

/// "amazonaws.com", "amazonaws.com.cn" for cn-…, and so on.
std::string_view domain_of(std::string_view region);

/// The host of a service in a region: "kinesis.eu-west-1.amazonaws.com".
std::string host_of(std::string_view service, std::string_view region);

/// The region that the host of an SQS queue names: "sqs.REGION.…", "REGION.queue.…", "queue.amazonaws.com" (us-east-1)
/// and VPC endpoints ("vpce-….sqs.REGION.vpce.…"). None for hosts that are not of AWS.
/// @param host  lower case
std::optional<std::string> region_of_queue_host(std::string_view host);

}  // namespace outpost::aws
