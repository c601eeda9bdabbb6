#include "backends/embedded/log/row_checksum.hpp"
#include "backends/embedded/log/segment_file.hpp"

namespace outpost::embedded {
namespace {

constexpr std::size_t kLoadRowsMax = 8 * 1024 * 1024;  // more than any setting fills: a damaged row number

/// Rows of one segment while they are read table by table.
struct Loading {
    std::vector<TailEntry> entries;
    std::vector<bool> present;
    std::vector<TailDestination> destinations;

    Result<void> put(std::int64_t row, const TailEntry& entry) {
        if (row < 0 || static_cast<std::size_t>(row) >= entries.size() || present[static_cast<std::size_t>(row)]) {
            return fail(Errc::corrupt, fmt::format("row {} is out of order", row));
        }
        entries[static_cast<std::size_t>(row)] = entry;
        present[static_cast<std::size_t>(row)] = true;
        return {};
    }
};

Result<void> load_events(Database& segment, Loading& loading) {
    TRY(Statement rows, segment.prepare(fmt::format("SELECT {} FROM events", kEventFieldColumns)));
    while (true) {
        TRY(const bool more, rows.step());
        if (!more) return {};
        TRY(const EventFields fields, read_event_fields(rows, 0));
        const std::vector<TailDestination> matched = unpack_destinations(fields.destinations);
        TailEntry entry{
            .id_hash = event_id_hash(fields.id),
            .time_ms = fields.time,
            .due_ms = fields.received,
            .tenant = static_cast<std::uint32_t>(fields.tenant),
            .topic_hash = text_hash32(fields.topic),
            .event_segment = static_cast<std::uint32_t>(loading.destinations.size()),
            .event_row = static_cast<std::uint32_t>(matched.size()),
            .kind = RowKind::event,
        };
        if (fields.carried()) {
            entry.destination = static_cast<std::uint32_t>(fields.origin_segment);
            entry.incarnation = static_cast<std::uint32_t>(fields.origin_row);
            entry.attempts = static_cast<std::uint32_t>(fields.carried_from);
            entry.flags = kFlagCarried;
        }
        loading.destinations.insert(loading.destinations.end(), matched.begin(), matched.end());
        TRY_VOID(loading.put(fields.row, entry));
    }
}

Result<void> load_attempts(Database& segment, Loading& loading) {
    TRY(Statement rows, segment.prepare(fmt::format("SELECT {} FROM attempts", kAttemptFieldColumns)));
    while (true) {
        TRY(const bool more, rows.step());
        if (!more) return {};
        TRY(const AttemptFields fields, read_attempt_fields(rows, 0));
        std::uint8_t flags = 0;
        if (fields.success != 0) flags |= kFlagSuccess;
        if (fields.manual != 0) flags |= kFlagManual;
        if (fields.next_manual != 0) flags |= kFlagNextManual;
        const TailEntry entry{
            .id_hash = attempt_id_hash(fields.id),
            .time_ms = fields.time,
            .due_ms = fields.next_due,
            .tenant = static_cast<std::uint32_t>(fields.tenant),
            .topic_hash = text_hash32(fields.topic),
            .event_segment = static_cast<std::uint32_t>(fields.event_segment),
            .event_row = static_cast<std::uint32_t>(fields.event_row),
            .destination = static_cast<std::uint32_t>(fields.destination),
            .incarnation = static_cast<std::uint32_t>(fields.incarnation),
            .attempts = static_cast<std::uint32_t>(fields.number),
            .kind = RowKind::attempt,
            .flags = flags,
            .type_hash = static_cast<std::uint16_t>(text_hash32(fields.type)),
        };
        TRY_VOID(loading.put(fields.row, entry));
    }
}

Result<void> load_decisions(Database& segment, Loading& loading) {
    TRY(Statement rows, segment.prepare(fmt::format("SELECT {} FROM decisions", kDecisionFieldColumns)));
    while (true) {
        TRY(const bool more, rows.step());
        if (!more) return {};
        TRY(const DecisionFields fields, read_decision_fields(rows, 0));
        const bool manual = makes_manual(static_cast<ports::DecisionKind>(fields.kind), fields.reason);
        const TailEntry entry{
            .time_ms = fields.time,
            .due_ms = fields.due,
            .tenant = static_cast<std::uint32_t>(fields.tenant),
            .event_segment = static_cast<std::uint32_t>(fields.event_segment),
            .event_row = static_cast<std::uint32_t>(fields.event_row),
            .destination = static_cast<std::uint32_t>(fields.destination),
            .incarnation = static_cast<std::uint32_t>(fields.incarnation),
            .attempts = static_cast<std::uint32_t>(fields.attempts),
            .kind = RowKind::decision,
            .flags = manual ? kFlagNextManual : std::uint8_t{0},
        };
        TRY_VOID(loading.put(fields.row, entry));
    }
}

}  // namespace

Result<std::shared_ptr<Tail>> load_tail(Database& segment, std::size_t rows_max) {
    TRY(const auto last, segment.query_integer("SELECT max(n) FROM (SELECT max(row) AS n FROM events UNION ALL"
                                               " SELECT max(row) FROM attempts UNION ALL SELECT max(row) FROM"
                                               " decisions)"));
    const std::size_t rows = last ? static_cast<std::size_t>(*last) + 1 : 0;
    if (rows > std::max(rows_max, kLoadRowsMax)) return fail(Errc::corrupt, fmt::format("row {} can't be", *last));
    Loading loading;
    loading.entries.resize(rows);
    loading.present.resize(rows);
    TRY_VOID(load_events(segment, loading));
    TRY_VOID(load_attempts(segment, loading));
    TRY_VOID(load_decisions(segment, loading));
    const auto missing = std::ranges::find(loading.present, false);
    if (missing != loading.present.end()) {
        return fail(Errc::corrupt, fmt::format("row {} is missing", missing - loading.present.begin()));
    }
    auto tail = std::make_shared<Tail>(std::max(rows_max, rows));
    tail->append(loading.entries, loading.destinations);
    return tail;
}

}  // namespace outpost::embedded
