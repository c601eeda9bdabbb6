// The keys of objects (destinations.md §7).
#pragma once

#include "base/result.hpp"
#include "model/event.hpp"
#include "model/jmespath.hpp"
#include "model/string_map.hpp"

#include <string>

namespace outpost::aws_s3 {

/// <event time>_<event-id of the metadata>.json: the same for every attempt.
std::string default_key(const model::Event& event, const model::StringMap& metadata);

/// What the template makes of data, metadata and time. @return invalid when that is nothing, or fails
Result<std::string> templated_key(const model::JmesPath& key, const model::Event& event,
                                  const model::StringMap& metadata);

}  // namespace outpost::aws_s3
