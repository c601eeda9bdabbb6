#include "ports/fakes/memory_health.hpp"

#include "ports/fakes/hop.hpp"

namespace outpost::ports::fakes {
namespace {

/// The earlier one.
void take_earlier(std::optional<TimePoint>& earliest, TimePoint time) {
    if (!earliest || time < *earliest) earliest = time;
}

}  // namespace

Backlog MemoryHealth::backlog_of(const model::DestinationKey& destination) const {
    std::vector<const MemoryOpen*> open;
    for (const auto& [key, delivery] : truth_.open) {
        if (key.destination == destination) open.push_back(&delivery);
    }
    std::ranges::sort(open, {}, [](const MemoryOpen* delivery) { return delivery->due; });
    if (open.size() > kBacklogRowsMax) open.resize(kBacklogRowsMax);
    Backlog backlog;
    for (const MemoryAttempt& settled : truth_.attempts()) {
        if (settled.key.destination != destination) continue;
        const bool success = settled.attempt.status == model::AttemptStatus::success;
        backlog.consecutive_failures = success ? 0 : backlog.consecutive_failures + 1;
    }
    backlog.pending = open.size();
    for (const MemoryOpen* delivery : open) {
        take_earlier(backlog.oldest_received_at, delivery->event->received);
        take_earlier(backlog.first_due_at, delivery->due);
        if (delivery->attempts == 0) continue;
        ++backlog.pending_retries;
        take_earlier(backlog.next_retry_at, delivery->due);
    }
    return backlog;
}

Task<Result<std::vector<Backlog>>> MemoryHealth::backlogs(std::vector<model::DestinationKey> destinations, Deadline) {
    ASSERT(!destinations.empty() && destinations.size() <= kBacklogsMax);
    co_await hop();
    std::vector<Backlog> backlogs;
    for (const model::DestinationKey& destination : destinations) backlogs.push_back(backlog_of(destination));
    co_return backlogs;
}

}  // namespace outpost::ports::fakes
