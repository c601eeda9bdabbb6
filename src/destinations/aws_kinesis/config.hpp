// What a Kinesis destination's configuration means (destinations.md §6).
#pragma once

#include "model/destination.hpp"
#include "model/jmespath.hpp"
#include "net/http/url.hpp"

#include <optional>
#include <string>

namespace outpost::aws_kinesis {

struct StreamConfig {
    std::string stream_name;
    std::string region;
    http::Url root;                                ///< where calls go
    std::optional<model::JmesPath> partition_key;  ///< none: no template, or one that is no expression (§1.11)
};

/// For a destination that passed the checks.
StreamConfig parse_config(const model::Destination& destination);

}  // namespace outpost::aws_kinesis
