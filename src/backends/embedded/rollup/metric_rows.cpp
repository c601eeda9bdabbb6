#include "backends/embedded/rollup/metric_rows.hpp"

#include "backends/embedded/log/segment_file.hpp"
#include "backends/embedded/read/conditions.hpp"
#include "backends/embedded/rollup/attempt_rows.hpp"

namespace outpost::embedded {
namespace {

constexpr std::size_t kAskEvery = 1024;  // rows between two looks at the deadline

std::vector<std::uint32_t> numbers_of(std::span<const TailDestination> destinations) {
    std::vector<std::uint32_t> numbers;
    for (const TailDestination& destination : destinations) numbers.push_back(destination.destination);
    return numbers;
}

/// Conditions that an index of a sealed segment answers; the rest is left to Counting.
Conditions conditions_of(const RowRange& range, const Counting& counting) {
    Conditions where;
    where.add_in("tenant", counting.filter().tenants);
    where.add("time >= ? AND time < ?", {unix_ms(range.window.start), unix_ms(range.window.end)});
    where.add("row >= ? AND row < ?", {std::int64_t{range.first}, std::int64_t{range.end}});
    return where;
}

Result<void> count_sealed_events(Database& database, const RowRange& range, std::uint32_t first_segment,
                                 Counting& counting) {
    Conditions where = conditions_of(range, counting);
    where.add("ifnull(carried_from, 0) < ?", {std::int64_t{first_segment}});
    TRY(Statement rows, database.prepare("SELECT time, tenant, topic, destinations FROM events" + where.text()));
    where.bind(rows);
    while (true) {
        TRY(const bool more, rows.step());
        if (!more) return {};
        Cell event{.tenant = static_cast<std::uint32_t>(rows.integer(1)), .topic = std::string(rows.text(2))};
        const auto matched = numbers_of(unpack_destinations(rows.text(3)));
        TRY_VOID(counting.add_event(rows.integer(0), std::move(event), matched));
    }
}

Result<void> count_sealed_attempts(Database& database, const RowRange& range, Counting& counting) {
    const Conditions where = conditions_of(range, counting);
    TRY(Statement rows, database.prepare(fmt::format("SELECT {} FROM attempts{}", kAttemptCellColumns, where.text())));
    where.bind(rows);
    while (true) {
        TRY(const bool more, rows.step());
        if (!more) return {};
        TRY_VOID(counting.add(rows.integer(0), attempt_cell(rows)));
    }
}

/// The numbers of a tail entry; texts come from the row.
Cell cell_of(const TailEntry& entry) {
    Cell cell{.tenant = entry.tenant};
    if (entry.kind == RowKind::event) return cell;
    cell.destination = entry.destination;
    cell.success = (entry.flags & kFlagSuccess) != 0;
    cell.manual = (entry.flags & kFlagManual) != 0;
    cell.number = entry.attempts;
    return cell;
}

Result<void> read_texts(Statement& rows, std::uint32_t row, Cell& cell, bool of_events) {
    rows.bind(1, row);
    TRY(const bool found, rows.step());
    if (!found) return fail(Errc::corrupt, fmt::format("row {} is missing", row));
    cell.topic = rows.text(0);
    if (!of_events) {
        cell.type = rows.text(1);
        cell.code = rows.text(2);
    }
    rows.reset();
    return {};
}

bool is_wanted(const TailEntry& entry, const RowRange& range, std::uint32_t first_segment, const Counting& counting) {
    if (entry.kind != (counting.of_events() ? RowKind::event : RowKind::attempt)) return false;
    if (!range.window.contains(from_unix_ms(entry.time_ms))) return false;
    const bool copy = entry.kind == RowKind::event && (entry.flags & kFlagCarried) != 0;
    if (copy && entry.attempts >= first_segment) return false;
    const auto& tenants = counting.filter().tenants;
    return tenants.empty() || std::ranges::find(tenants, std::int64_t{entry.tenant}) != tenants.end();
}

Result<void> count_tail(ReadSession& session, const Segment& segment, const RowRange& range,
                        std::uint32_t first_segment, const std::function<bool()>& stop, Counting& counting) {
    const Tail& tail = *segment.tail;
    Statement texts;
    if (counting.needs_texts()) {
        TRY(Database * database, session.connection(segment));
        TRY(texts, database->prepare(counting.of_events() ? "SELECT topic FROM events WHERE row = ?"
                                                          : "SELECT topic, type, code FROM attempts WHERE row = ?"));
    }
    const std::size_t end = std::min<std::size_t>(tail.size(), range.end);
    std::size_t counted = 0;
    for (std::size_t row = range.first; row < end; ++row) {
        const TailEntry& entry = tail[row];
        if (!is_wanted(entry, range, first_segment, counting)) continue;
        if (++counted % kAskEvery == 0 && stop()) return fail(Errc::timeout, "the deadline passed during the read");
        Cell cell = cell_of(entry);
        if (counting.needs_texts()) {
            TRY_VOID(read_texts(texts, static_cast<std::uint32_t>(row), cell, counting.of_events()));
        }
        if (counting.of_events()) {
            const auto matched = numbers_of(tail.destinations_of(entry));
            TRY_VOID(counting.add_event(entry.time_ms, std::move(cell), matched));
        } else {
            TRY_VOID(counting.add(entry.time_ms, cell));
        }
    }
    return {};
}

}  // namespace

Result<void> count_rows(ReadSession& session, const Segment& segment, const RowRange& range,
                        std::uint32_t first_segment, const std::function<bool()>& stop, Counting& counting) {
    if (!segment.sealed()) return count_tail(session, segment, range, first_segment, stop, counting);
    TRY(Database * database, session.connection(segment));
    if (counting.of_events()) return count_sealed_events(*database, range, first_segment, counting);
    return count_sealed_attempts(*database, range, counting);
}

}  // namespace outpost::embedded
