// What goes with a payload to AWS: the delivery's metadata, and the envelope that holds both (destinations.md §1.8,
// §6).
#pragma once

#include "base/result.hpp"
#include "model/destination.hpp"
#include "model/event.hpp"
#include "ports/destination_context.hpp"

#include <boost/json/fwd.hpp>

#include <string>

namespace outpost::aws {

/// The three layers of model/delivery_metadata, except that nothing replaces `event-id` and `timestamp` (decision B19).
model::StringMap metadata_of(const model::Event& event, const model::Destination& destination, TimePoint attempt_time,
                             const ports::DestinationSettings& settings);

/// A JSON object, keys sorted, `<`, `>` and `&` escaped.
std::string to_json_object(const model::StringMap& metadata);

/// The payload as templates see it. @return invalid when it can't be parsed
Result<boost::json::value> value_of_payload(const Bytes& data);
boost::json::object to_object(const model::StringMap& map);

/// {"data":<payload as it came>,"metadata":{…}}, without white space of ours.
std::string envelope(const Bytes& data, const model::StringMap& metadata);

}  // namespace outpost::aws
