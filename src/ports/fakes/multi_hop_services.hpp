// The servers of the brokered world, as far as MultiHopLedger needs them. They outlive the process that uses them.
#pragma once

#include "ports/fakes/fake_queue.hpp"
#include "ports/fakes/fake_retry_schedule.hpp"
#include "ports/fakes/memory_ledger.hpp"
#include "ports/fakes/memory_truth.hpp"

#include <deque>
#include <variant>

namespace outpost::ports::fakes {

struct MultiHopOptions {
    std::uint64_t seed = 1;
    QueueFaults faults{.redelivery = 0.2, .lost_ack = 0.2};  ///< of both queues and of the retry schedule
    Milliseconds visibility = std::chrono::seconds(30);
    Milliseconds log_lag = std::chrono::seconds(1);  ///< facts reach the log store so much later
    Milliseconds window = kIdempotencyWindow;
};

/// What says that a delivery may be due. Only a trigger: whether it is so, DeliveryRecord says.
struct DeliveryTrigger {
    model::DeliveryKey key;
    std::uint64_t generation = 0;
};

/// The one truth about an open delivery, kept in the fast store; closed ones have none.
struct DeliveryRecord {
    model::EventPtr event;
    std::uint32_t attempts = 0;
    std::uint64_t generation = 0;  ///< grows whenever it becomes due anew: triggers of older ones mean nothing
    bool manual = false;
};

struct LogEvent {
    model::EventRef ref;
    MemoryEvent event;
};
struct LogDecision {
    std::uint64_t number = 0;  ///< grows: a message that comes again is recognised
    Decision decision;
};
using LogEntry = std::variant<LogEvent, MemoryAttempt, LogDecision>;

struct MultiHopServices {
    MultiHopServices(const Clock& clock, const MultiHopOptions& options)
        : deliveries(clock, options.visibility, options.faults, options.seed),
          log_queue(clock, options.visibility, options.faults, options.seed + 1),
          retries(clock, options.visibility, options.faults.lost_ack, options.seed + 2) {}

    FakeQueue<DeliveryTrigger> deliveries;
    FakeQueue<LogEntry> log_queue;
    FakeRetrySchedule retries;

    // The fast store. A change of several members without a hop between is one transaction there.
    std::map<model::DeliveryKey, DeliveryRecord> records;
    struct Claim {
        Accepted accepted;
        TimePoint until;
    };
    std::map<std::pair<std::uint32_t, EventId>, Claim> claims;
    std::set<AttemptId> settled;
    std::deque<std::variant<DeliveryTrigger, LogEntry>> outbox;  ///< written with the facts, published afterwards
    std::uint64_t last_generation = 0;
    std::uint64_t last_decision = 0;
    std::uint32_t next_row = 0;

    std::uint64_t last_logged_decision = 0;
    MemoryTruth log_store;  ///< `open` and `decisions` stay empty
};

}  // namespace outpost::ports::fakes
