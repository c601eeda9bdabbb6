// What an EventBridge destination's configuration means (destinations.md §12).
#pragma once

#include "model/destination.hpp"
#include "net/http/url.hpp"

#include <string>
#include <string_view>

namespace outpost::aws_eventbridge {

struct BusConfig {
    std::string bus;  ///< name or ARN; empty: the account's default
    std::string region;
    http::Url root;  ///< where calls go
};

/// For a destination that passed the checks.
BusConfig parse_config(const model::Destination& destination);

/// The bus as people know it: "default" for none, the part behind "event-bus/" of an ARN.
std::string_view short_name(std::string_view bus);

}  // namespace outpost::aws_eventbridge
