#include "backends/embedded/read/backlog_reads.hpp"

#include "backends/embedded/read/event_reads.hpp"

namespace outpost::embedded {
namespace {

// Along open_deliveries_by_destination, so that the bound holds whatever waits; an earlier incarnation's rows count
// towards it, for nothing sorts them out before.
constexpr std::string_view kOpen =
    "SELECT event_segment, event_row, incarnation, attempts, due FROM open_deliveries"
    " WHERE destination = ?1 ORDER BY due, event_segment, event_row LIMIT ?2";

/// What the rows say: the backlog, and the event that arrived first.
struct Looked {
    ports::Backlog backlog;
    std::optional<model::EventRef> oldest;
};

Result<Looked> look(Statement& rows, const model::DestinationKey& destination) {
    Looked looked;
    ports::Backlog& backlog = looked.backlog;
    rows.bind(1, destination.destination).bind(2, static_cast<std::int64_t>(ports::kBacklogRowsMax));
    while (true) {
        TRY(const bool more, rows.step());
        if (!more) break;
        if (static_cast<std::uint32_t>(rows.integer(2)) != destination.incarnation) continue;
        const model::EventRef event{static_cast<std::uint32_t>(rows.integer(0)),
                                    static_cast<std::uint32_t>(rows.integer(1))};
        const TimePoint due = from_unix_ms(rows.integer(4));
        ++backlog.pending;
        if (!looked.oldest || event < *looked.oldest) looked.oldest = event;
        if (!backlog.first_due_at) backlog.first_due_at = due;  // they come in this order
        if (rows.integer(3) == 0) continue;
        ++backlog.pending_retries;
        if (!backlog.next_retry_at) backlog.next_retry_at = due;
    }
    rows.reset();
    return looked;
}

/// None where nothing failed, or where the count began anew since.
Result<std::uint32_t> failures_of(Statement& row, const model::DestinationKey& destination) {
    row.bind(1, destination.destination).bind(2, destination.incarnation);
    TRY(const bool found, row.step());
    const auto failures = found ? static_cast<std::uint32_t>(row.integer(0)) : 0;
    row.reset();
    return failures;
}

constexpr std::string_view kFailures =
    "SELECT w.failures FROM destination_watch w LEFT JOIN destinations d ON d.number = w.destination"
    " WHERE w.destination = ? AND w.incarnation = ? AND w.counted_to >= coalesce(d.counter_from, 0)";

}  // namespace

Result<std::vector<ports::Backlog>> read_backlogs(ReadSession& session,
                                                  std::span<const model::DestinationKey> destinations) {
    TRY(Statement rows, session.control().prepare(kOpen));
    TRY(Statement failures, session.control().prepare(kFailures));
    std::vector<ports::Backlog> backlogs;
    for (const model::DestinationKey& destination : destinations) {
        TRY(Looked looked, look(rows, destination));
        if (looked.oldest) {
            TRY(const model::EventPtr event, read_event(session, *looked.oldest));
            if (event != nullptr) looked.backlog.oldest_received_at = event->received;
        }
        TRY(looked.backlog.consecutive_failures, failures_of(failures, destination));
        backlogs.push_back(looked.backlog);
    }
    return backlogs;
}

}  // namespace outpost::embedded
