// What was promised, what was stored and what destinations saw in one simulation, over all its processes.
#pragma once

#include "ports/ledger.hpp"

#include <map>
#include <set>

namespace outpost::sim {

/// Moments are counted, so that "after" is never in doubt.
using Tick = std::uint64_t;
inline constexpr Tick kNever = ~Tick{0};

/// What a caller knows of a fact.
enum class Certainty {
    pending,  ///< the process died before the answer: it may be stored
    unsure,   ///< the answer was lost or late: it may be stored
    refused,  ///< nothing was stored
    stored,
};

struct AcceptSeen {
    std::size_t life = 0;
    model::EventPtr event;
    std::uint32_t tenant = 0;
    bool client_chose_id = false;
    std::vector<model::DestinationKey> destinations;  ///< that were asked for
    Certainty certainty = Certainty::pending;
    ports::Accepted accepted{};  ///< when stored
    TimePoint began_wall;
    TimePoint ended_wall;
};

struct SettleSeen {
    model::DeliveryKey key;
    model::Attempt attempt;
    Certainty certainty = Certainty::pending;
    std::size_t life = 0;
    bool under_faults = false;  ///< when it was asked for
    MonotonicTime asked;
    std::optional<TimePoint> next_due;

    /// How long the delivery is to wait, whatever the clocks show meanwhile. There must be a next time.
    Milliseconds planned_wait() const { return *next_due - attempt.time; }
};

struct DecisionSeen {
    model::DeliveryKey key;
    ports::DecisionKind kind = ports::DecisionKind::skipped;
    Certainty certainty = Certainty::pending;
    Tick began = 0;
    std::size_t life = 0;
};

enum class SendEnd { unknown, success, failed, exception, our_fault };

struct SendSeen {
    model::DeliveryKey key;
    TenantId tenant_id;
    EventId event_id;
    DestinationId destination_id;
    std::uint32_t number = 0;
    bool manual = false;
    Tick began = 0;
    MonotonicTime began_at;
    SendEnd end = SendEnd::unknown;
    std::string code;
    std::size_t life = 0;
};

/// A person's retry or cancellation.
struct RequestSeen {
    TenantId tenant_id;
    EventId event_id;
    DestinationId destination_id;
    std::optional<model::DeliveryKey> key;  ///< of a cancellation
    bool granted = false;
    Tick began = 0;
    Tick ended = kNever;
};

struct History {
    Tick now() { return ++last_tick; }
    void violated(std::string what) { violations.push_back(std::move(what)); }

    std::vector<AcceptSeen> accepts;
    std::vector<SettleSeen> settles;
    std::vector<DecisionSeen> decisions;
    std::vector<SendSeen> sends;
    std::vector<RequestSeen> retries;
    std::vector<RequestSeen> cancels;
    std::set<model::DeliveryKey> in_flight;  ///< of the living process
    /// How often at most each destination's count of failures began anew by a person's doing: created, enabled,
    /// deleted.
    std::map<std::pair<TenantId, DestinationId>, std::size_t> armings;
    std::size_t life = 0;  ///< grows with every crash
    bool ledger_has_faults = false;
    Tick last_tick = 0;
    std::vector<std::string> violations;  ///< seen at once, not in the end
};

/// The process died before it had recovered from a failed sync: what it refused since may be stored.
void doubt_refusals(History& history);

std::string describe(const model::DeliveryKey& key);

}  // namespace outpost::sim
