#include "backends/embedded/log/segment_file.hpp"

namespace outpost::embedded {
namespace {

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
    TRY(Statement rows, segment.prepare("SELECT row, id, tenant, time, received, topic, destinations FROM events"));
    while (true) {
        TRY(const bool more, rows.step());
        if (!more) return {};
        TailEntry entry;
        entry.kind = RowKind::event;
        entry.tenant = static_cast<std::uint32_t>(rows.integer(2));
        entry.id_hash = event_id_hash(rows.text(1));
        entry.time_ms = rows.integer(3);
        entry.due_ms = rows.integer(4);
        entry.topic_hash = text_hash32(rows.text(5));
        const std::vector<TailDestination> matched = unpack_destinations(rows.text(6));
        entry.event_segment = static_cast<std::uint32_t>(loading.destinations.size());
        entry.event_row = static_cast<std::uint32_t>(matched.size());
        loading.destinations.insert(loading.destinations.end(), matched.begin(), matched.end());
        TRY_VOID(loading.put(rows.integer(0), entry));
    }
}

Result<void> load_attempts(Database& segment, Loading& loading) {
    TRY(Statement rows,
        segment.prepare("SELECT row, id, event_segment, event_row, tenant, destination, incarnation, number, manual,"
                        " success, time, next_due, next_manual, topic, type FROM attempts"));
    while (true) {
        TRY(const bool more, rows.step());
        if (!more) return {};
        std::uint8_t flags = 0;
        if (rows.integer(9) != 0) flags |= kFlagSuccess;
        if (rows.integer(8) != 0) flags |= kFlagManual;
        if (rows.integer(12) != 0) flags |= kFlagNextManual;
        const TailEntry entry{
            .id_hash = attempt_id_hash(rows.text(1)),
            .time_ms = rows.integer(10),
            .due_ms = rows.optional_integer(11).value_or(kClosed),
            .tenant = static_cast<std::uint32_t>(rows.integer(4)),
            .topic_hash = text_hash32(rows.text(13)),
            .event_segment = static_cast<std::uint32_t>(rows.integer(2)),
            .event_row = static_cast<std::uint32_t>(rows.integer(3)),
            .destination = static_cast<std::uint32_t>(rows.integer(5)),
            .incarnation = static_cast<std::uint32_t>(rows.integer(6)),
            .attempts = static_cast<std::uint32_t>(rows.integer(7)),
            .kind = RowKind::attempt,
            .flags = flags,
            .type_hash = static_cast<std::uint16_t>(text_hash32(rows.text(14))),
        };
        TRY_VOID(loading.put(rows.integer(0), entry));
    }
}

Result<void> load_decisions(Database& segment, Loading& loading) {
    TRY(Statement rows, segment.prepare("SELECT row, kind, event_segment, event_row, tenant, destination, incarnation,"
                                        " attempts, time, due FROM decisions"));
    while (true) {
        TRY(const bool more, rows.step());
        if (!more) return {};
        const bool manual = rows.integer(1) == static_cast<std::int64_t>(ports::DecisionKind::redeliver);
        const TailEntry entry{
            .time_ms = rows.integer(8),
            .due_ms = rows.optional_integer(9).value_or(kClosed),
            .tenant = static_cast<std::uint32_t>(rows.integer(4)),
            .event_segment = static_cast<std::uint32_t>(rows.integer(2)),
            .event_row = static_cast<std::uint32_t>(rows.integer(3)),
            .destination = static_cast<std::uint32_t>(rows.integer(5)),
            .incarnation = static_cast<std::uint32_t>(rows.integer(6)),
            .attempts = static_cast<std::uint32_t>(rows.integer(7)),
            .kind = RowKind::decision,
            .flags = manual ? kFlagNextManual : std::uint8_t{0},
        };
        TRY_VOID(loading.put(rows.integer(0), entry));
    }
}

}  // namespace

Result<std::shared_ptr<Tail>> load_tail(Database& segment, std::size_t rows_max) {
    TRY(const auto last, segment.query_integer("SELECT max(n) FROM (SELECT max(row) AS n FROM events UNION ALL"
                                               " SELECT max(row) FROM attempts UNION ALL SELECT max(row) FROM"
                                               " decisions)"));
    Loading loading;
    const std::size_t rows = last ? static_cast<std::size_t>(*last + 1) : 0;
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
