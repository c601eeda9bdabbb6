// Events and deliveries as they were shown before v0.13 (api.md §16.3). Pure.
#pragma once

#include "base/json_writer.hpp"
#include "model/attempt.hpp"
#include "model/event.hpp"
#include "ports/log_reader.hpp"

#include <string_view>
#include <vector>

namespace outpost::api::seed_era {

/// What had become of an event at one destination, or at all of them.
enum class Status { pending, failed, success };
std::string_view to_string(Status status);

/// The state at one destination is that of its newest attempt. @param attempts  newest first
Status status_at(const std::vector<ports::AttemptRecord>& attempts, const EventId& event,
                 const DestinationId& destination);
/// Success if any attempt succeeded, else failed if there was any.
Status overall_status(const std::vector<ports::AttemptRecord>& attempts);

/// One row: an event with two destinations appears twice. `destination` may be empty.
void write_event(JsonWriter& out, const model::Event& event, const DestinationId& destination, Status status);
void write_delivery(JsonWriter& out, const model::Attempt& attempt);

}  // namespace outpost::api::seed_era
