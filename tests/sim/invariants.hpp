// What must be true when all faults have ended and all schedules have passed.
#pragma once

#include "model/retry_policy.hpp"
#include "ports/log_reader.hpp"
#include "sim/history.hpp"

namespace outpost::sim {

/// What the log shows in the end.
struct LogSeen {
    std::vector<ports::AttemptRecord> attempts;
    std::set<std::pair<TenantId, EventId>> looked_up;                   ///< by find_event
    std::map<std::pair<TenantId, EventId>, ports::EventRecord> events;  ///< what it says
};

struct Ending {
    const History& history;
    const LogSeen& log;
    const model::RetryPolicy& policy;
    bool wall_clock_jumped = false;
    bool waits_as_planned = false;  ///< also then (Backing)
};

/// All that is known of a delivery, in a few words.
std::string tell_story(const History& history, const model::DeliveryKey& key);

/// @return what is wrong, in words; empty when nothing is
std::vector<std::string> check_invariants(const Ending& ending);

}  // namespace outpost::sim
