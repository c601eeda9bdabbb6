#include "backends/embedded/log/id_window.hpp"

#include "base/log.hpp"

namespace outpost::embedded {
namespace {

SeenEvent to_seen(const Segment& segment, std::uint32_t row, std::uint32_t tenant, std::string_view destinations) {
    SeenEvent seen{.ref = {segment.number, row}, .destinations = {}};
    for (const TailDestination& matched : unpack_destinations(destinations)) {
        seen.destinations.push_back({tenant, matched.destination, matched.incarnation});
    }
    return seen;
}

}  // namespace

Result<std::optional<SeenEvent>> IdWindow::find(std::uint32_t tenant, const EventId& id, TimePoint since) {
    const auto list = segments_.list();
    const std::int64_t since_ms = unix_ms(since);
    const std::uint64_t hash = event_id_hash(id.value);
    for (auto segment = list->rbegin(); segment != list->rend(); ++segment) {
        if ((*segment)->sealed() && ((*segment)->range.received_last < since_ms || !(*segment)->may_have(hash)))
            continue;
        auto seen = find_in(**segment, tenant, id, since_ms);
        if (!seen && seen.error().code() == Errc::corrupt) {
            log::error("log.segment_damaged", {{"segment", (*segment)->number}, {"error", seen.error().describe()}});
            continue;
        }
        if (!seen || *seen) return seen;
    }
    return std::nullopt;
}

Result<std::optional<SeenEvent>> IdWindow::find_in(const Segment& segment, std::uint32_t tenant, const EventId& id,
                                                   std::int64_t since_ms) {
    return segment.sealed() ? find_sealed(segment, tenant, id, since_ms) : find_in_tail(segment, tenant, id, since_ms);
}

Result<bool> IdWindow::has_attempt(const AttemptId& id) {
    const auto list = segments_.list();
    const std::uint64_t hash = attempt_id_hash(id.value);
    for (auto segment = list->rbegin(); segment != list->rend(); ++segment) {
        if ((*segment)->sealed()) continue;
        std::vector<std::uint32_t> candidates;
        (*segment)->tail->for_each(hash, [&](std::uint32_t row, const TailEntry& entry) {
            if (entry.kind == RowKind::attempt) candidates.push_back(row);
        });
        if (candidates.empty()) continue;
        TRY(Database * database, connection(**segment));
        TRY(Statement rows, database->prepare("SELECT id FROM attempts WHERE row = ?"));
        for (const std::uint32_t row : candidates) {
            rows.bind(1, row);
            TRY(const bool found, rows.step());
            if (found && rows.text(0) == id.value) return true;
            rows.reset();
        }
    }
    return false;
}

void IdWindow::close_removed() {
    const auto list = segments_.list();
    connections_.remove_if(
        [&](const Connection& connection) { return SegmentDirectory::find(*list, connection.number) == nullptr; });
}

Result<Database*> IdWindow::connection(const Segment& segment) {
    const auto known = std::ranges::find_if(connections_, [&](const Connection& candidate) {
        return candidate.number == segment.number && candidate.sealed == segment.sealed();
    });
    if (known != connections_.end()) {
        connections_.splice(connections_.begin(), connections_, known);
        return &connections_.front().database;
    }
    TRY(Database database, Database::open(segment.file, segment.sealed() ? OpenMode::immutable : OpenMode::read_only));
    connections_.push_front({segment.number, segment.sealed(), std::move(database)});
    if (connections_.size() > kConnectionsMax) connections_.pop_back();
    return &connections_.front().database;
}

Result<std::optional<SeenEvent>> IdWindow::find_in_tail(const Segment& segment, std::uint32_t tenant, const EventId& id,
                                                        std::int64_t since_ms) {
    std::vector<std::uint32_t> candidates;
    segment.tail->for_each(event_id_hash(id.value), [&](std::uint32_t row, const TailEntry& entry) {
        if (entry.kind == RowKind::event && entry.tenant == tenant && entry.due_ms >= since_ms) {
            candidates.push_back(row);
        }
    });
    if (candidates.empty()) return std::nullopt;
    std::ranges::sort(candidates, std::greater());
    TRY(Database * database, connection(segment));
    TRY(Statement rows, database->prepare("SELECT id, destinations FROM events WHERE row = ?"));
    for (const std::uint32_t row : candidates) {
        rows.bind(1, row);
        TRY(const bool found, rows.step());
        if (found && rows.text(0) == id.value) return to_seen(segment, row, tenant, rows.text(1));
        rows.reset();
    }
    return std::nullopt;
}

Result<std::optional<SeenEvent>> IdWindow::find_sealed(const Segment& segment, std::uint32_t tenant, const EventId& id,
                                                       std::int64_t since_ms) {
    TRY(Database * database, connection(segment));
    TRY(Statement rows, database->prepare("SELECT row, destinations FROM events WHERE id = ? AND tenant = ? AND"
                                          " received >= ? ORDER BY row DESC LIMIT 1"));
    rows.bind(1, id.value).bind(2, tenant).bind(3, since_ms);
    TRY(const bool found, rows.step());
    if (!found) return std::nullopt;
    return to_seen(segment, static_cast<std::uint32_t>(rows.integer(0)), tenant, rows.text(1));
}

}  // namespace outpost::embedded
