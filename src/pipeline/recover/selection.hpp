// Which deliveries qualify, and which task is next: pure.
#pragma once

#include "pipeline/recover/request.hpp"
#include "ports/delivery_outcome.hpp"
#include "ports/task_store.hpp"

#include <span>

namespace outpost::pipeline {

/// What is known of one event and one destination.
struct DeliveryFacts {
    bool accepted = false;                         ///< the event was accepted for it
    std::optional<ports::DeliveryOutcome> newest;  ///< what became of it; none: nothing yet
    /// When the attempt ended by which the scan came upon it (`failed`, `never_succeeded`).
    TimePoint attempted;
};

enum class Wanted {
    no,    ///< nothing to do with the request
    yes,   ///< deliver it again
    late,  ///< it was asked for, but has arrived since (`listed`)
    lost,  ///< it was asked for, but was never for this destination (`listed`)
};

/// Whether the request is about this delivery. Its topic, code, and whether it ever succeeded are other questions.
/// A delivery that a task has taken up does not qualify for the same task again, whatever becomes of it.
Wanted is_wanted(const RecoverRequest& request, const DeliveryFacts& facts);

/// Of several outcomes for one destination id (it was deleted and made anew), the one that counts: a delivered one,
/// else the newest.
std::optional<ports::DeliveryOutcome> outcome_for(const DestinationId& destination,
                                                  std::span<const ports::DeliveryOutcome> outcomes);

/// The task that is started next: one that ran before a restart, else the oldest of a tenant with the fewest running.
/// @param unfinished  oldest first
/// @param running  those that run in this process; of `unfinished` they are passed over
const ports::TaskRecord* next_task(std::span<const ports::TaskRecord> unfinished,
                                   std::span<const ports::TaskRecord> running);

}  // namespace outpost::pipeline
