#include "backends/embedded/read/event_lists.hpp"

#include "backends/embedded/log/segment_file.hpp"
#include "backends/embedded/read/conditions.hpp"
#include "backends/embedded/read/event_choice.hpp"
#include "backends/embedded/read/event_reads.hpp"
#include "backends/embedded/read/snapshot.hpp"
#include "backends/embedded/read/walk_segments.hpp"

namespace outpost::embedded {
namespace {

/// A query with its names turned into numbers.
struct EventFilter {
    std::vector<std::int64_t> tenants;
    std::vector<std::int64_t> destinations;
    bool matches_nothing = false;
};

Result<EventFilter> resolve(ReadSession& session, const ports::EventQuery& query) {
    EventFilter filter;
    std::vector<std::uint32_t> tenants;
    for (const TenantId& id : query.tenants) {
        TRY(const auto number, session.names().tenant_number(id));
        if (number) tenants.push_back(*number);
    }
    filter.tenants.assign(tenants.begin(), tenants.end());
    for (const DestinationId& id : query.destinations) {
        TRY(const auto numbers, session.names().destination_numbers(id, tenants));
        filter.destinations.insert(filter.destinations.end(), numbers.begin(), numbers.end());
    }
    filter.matches_nothing = (!query.tenants.empty() && filter.tenants.empty()) ||
                             (!query.destinations.empty() && filter.destinations.empty());
    return filter;
}

bool contains(const auto& values, auto value) {
    return values.empty() || std::ranges::find(values, value) != values.end();
}

Result<std::vector<ports::EventRecord>> read_records(ReadSession& session, const std::vector<Candidate>& page) {
    std::vector<ports::EventRecord> records(page.size());
    for (const auto& [segment, wanted] : by_segment(page)) {
        const auto read = [&](const Statement& rows, std::size_t i) -> Result<void> {
            TRY(records[i], event_record_of(session, rows, {segment->number, page[i].row}));
            return {};
        };
        const auto row_of = [&](std::size_t i) { return page[i].row; };
        TRY_VOID(read_rows(session, *segment, select_event_row(), wanted, row_of, read));
    }
    for (const ports::EventRecord& record : records) {
        if (record.event == nullptr) return fail(Errc::not_found, "event not found");
    }
    return records;
}

Result<void> collect_from_tail(ReadSession& session, const SegmentPtr& segment, const ports::EventQuery& query,
                               const EventFilter& filter, const Walk& walk, std::uint32_t first,
                               Candidates& candidates) {
    const Tail& tail = *segment->tail;
    std::vector<std::uint32_t> topics;
    for (const std::string& topic : query.topics) topics.push_back(text_hash32(topic));
    std::vector<std::uint64_t> ids;
    for (const EventId& id : query.ids) ids.push_back(event_id_hash(id.value));
    const auto fits = [&](const TailEntry& entry) {
        // While what it was copied from is there, a copy is not shown.
        if ((entry.flags & kFlagCarried) != 0 && entry.attempts >= first) return false;
        if (!contains(filter.tenants, static_cast<std::int64_t>(entry.tenant)) || !contains(topics, entry.topic_hash) ||
            !contains(ids, entry.id_hash)) {
            return false;
        }
        return filter.destinations.empty() ||
               std::ranges::any_of(tail.destinations_of(entry), [&](const TailDestination& matched) {
                   return contains(filter.destinations, static_cast<std::int64_t>(matched.destination));
               });
    };
    const std::vector<std::uint32_t> found = scan_tail(tail, walk, candidates.bounds(), RowKind::event, fits);
    const auto read = [&](const Statement& rows, std::size_t i) -> Result<void> {
        // The tail compares hashes; the row has the last word.
        if (contains(query.topics, rows.text(2)) &&
            (query.ids.empty() || std::ranges::find(query.ids, EventId(rows.text(1))) != query.ids.end())) {
            candidates.add({rows.integer(0), std::string(rows.text(1)), segment, found[i]});
        }
        return {};
    };
    return read_rows(
        session, *segment, "SELECT time, id, topic FROM events WHERE row = ?", all_of(found),
        [&](std::size_t i) { return found[i]; }, read);
}

Result<void> collect_from_sealed(ReadSession& session, const SegmentPtr& segment, const ports::EventQuery& query,
                                 const EventFilter& filter, const Walk& walk, std::uint32_t first,
                                 Candidates& candidates) {
    Conditions where;
    where.add_in("e.tenant", filter.tenants);
    where.add("ifnull(e.carried_from, -1) < ?", {std::int64_t{first}});
    std::vector<std::string> ids;
    for (const EventId& id : query.ids) ids.push_back(id.value);
    where.add_in("e.id", ids);
    where.add_in("e.topic", query.topics);
    const TimeBounds times = candidates.bounds();
    where.add("e.time BETWEEN ? AND ?", {times.first, times.last});
    if (walk.from) {
        where.add(fmt::format("(e.time, e.id) {} (?, ?)", walk.ascending ? ">" : "<"),
                  {unix_ms(walk.from->time), walk.from->id});
    }
    std::string source = "events e";
    if (!filter.destinations.empty()) {
        source = "event_destinations x CROSS JOIN events e ON e.row = x.row";
        where.add_in("x.destination", filter.destinations);
        where.add("x.time BETWEEN ? AND ?", {times.first, times.last});
    }
    const std::string_view order = walk.ascending ? "ASC" : "DESC";
    const std::string_view time = filter.destinations.empty() ? "e.time" : "x.time";
    TRY(Database * database, session.connection(*segment));
    TRY(Statement rows,
        database->prepare(fmt::format("SELECT DISTINCT e.row, e.time, e.id FROM {}{} ORDER BY {} {}, e.id {} LIMIT ?",
                                      source, where.text(), time, order, order)));
    const int limit = where.bind(rows);
    rows.bind(limit, static_cast<std::int64_t>(walk.wanted));
    return add_found(rows, segment, candidates);
}

/// The rows that the indexes and the tail can tell.
Result<Candidates::Page> list_rows(ReadSession& session, const ports::EventQuery& query, const EventFilter& filter,
                                   const model::PageRequest& request) {
    const auto segments = session.segments();
    const std::uint32_t first_segment = segments->empty() ? 0 : segments->front()->number;
    const auto from_tail = [&](const SegmentPtr& segment, const Walk& walk, Candidates& candidates) {
        return collect_from_tail(session, segment, query, filter, walk, first_segment, candidates);
    };
    const auto from_sealed = [&](const SegmentPtr& segment, const Walk& walk, Candidates& candidates) {
        return collect_from_sealed(session, segment, query, filter, walk, first_segment, candidates);
    };
    return walk_segments(*segments, Walk(request, query.time), &SegmentRange::event_times, query.ids, from_tail,
                         from_sealed);
}

}  // namespace

Result<ports::EventPage> list_events(ReadSession& session, const ports::EventQuery& query, const ScanLimits& limits) {
    ports::EventPage page;
    if (query.with_count) page.count.emplace();
    TRY(const EventFilter filter, resolve(session, query));
    if (filter.matches_nothing) return page;
    const bool looks = !query.conditions.empty() || !query.outcomes.empty();
    const auto list = [&](const model::PageRequest& request) { return list_rows(session, query, filter, request); };
    const auto choose = [&](const std::vector<Candidate>& rows) {
        return looks ? choose_events(session, query, filter.destinations, rows) : choose_all(rows);
    };
    ScanLimits bounded = limits;
    if (!query.outcomes.empty()) bounded.rows_max = std::min(bounded.rows_max, kOutcomeRowsMax);
    Candidates::Page rows;
    if (looks) {
        TRY(rows, scan_page(query.page, bounded, list, choose));
    } else {
        TRY(rows, list(query.page));
    }
    if (query.with_count) {
        TRY(page.count, scan_count(bounded, list, choose));
    }
    page.links = std::move(rows.links);
    TRY(page.events, read_records(session, rows.rows));
    return page;
}

}  // namespace outpost::embedded
