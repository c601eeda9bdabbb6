// What an S3 destination's configuration means (destinations.md §7).
#pragma once

#include "model/destination.hpp"
#include "model/jmespath.hpp"
#include "net/http/url.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace outpost::aws_s3 {

struct BucketConfig {
    std::string bucket;
    std::string region;
    std::string storage_class;           ///< in its canonical case
    std::optional<model::JmesPath> key;  ///< none: time and id of the event
    http::Url root;                      ///< of the bucket: its own host, or a path of the endpoint; ends with a slash
};

/// "STANDARD" for "" and "standard"; none for what is no storage class.
std::optional<std::string_view> storage_class(std::string_view text);

/// Whether the bucket can be a label of a host under S3's certificate: 3 to 63 of a–z 0–9 -, none at the ends. The name
/// is not checked when a destination is written, so nothing else may ever become part of a host (§15.2).
bool is_host_label(std::string_view bucket);

/// None when there is an endpoint that can't be parsed. For a destination that passed the checks.
std::optional<BucketConfig> parse_config(const model::Destination& destination);

}  // namespace outpost::aws_s3
