#include "backends/embedded/read/attempt_lists.hpp"

#include "backends/embedded/log/segment_file.hpp"
#include "backends/embedded/read/attempt_reads.hpp"
#include "backends/embedded/read/conditions.hpp"
#include "backends/embedded/read/event_reads.hpp"
#include "backends/embedded/read/snapshot.hpp"
#include "backends/embedded/read/walk_segments.hpp"

#include <set>

namespace outpost::embedded {
namespace {

struct AttemptFilter {
    std::vector<std::int64_t> tenants;
    std::vector<std::int64_t> destinations;
    std::set<model::EventRef> events;
    std::optional<bool> success;
    bool matches_nothing = false;
};

Result<AttemptFilter> resolve(ReadSession& session, const ports::AttemptQuery& query) {
    AttemptFilter filter;
    std::vector<std::uint32_t> tenants;
    for (const TenantId& id : query.tenants) {
        TRY(const auto number, session.names().tenant_number(id));
        if (number) tenants.push_back(*number);
    }
    if (!query.tenants.empty() && tenants.empty()) filter.matches_nothing = true;
    filter.tenants.assign(tenants.begin(), tenants.end());
    for (const DestinationId& id : query.destinations) {
        TRY(const auto numbers, session.names().destination_numbers(id, tenants));
        filter.destinations.insert(filter.destinations.end(), numbers.begin(), numbers.end());
    }
    if (!query.destinations.empty() && filter.destinations.empty()) filter.matches_nothing = true;
    if (filter.matches_nothing) return filter;
    for (const EventId& id : query.events) {
        TRY(const auto refs, find_event_refs(session, tenants, id));
        filter.events.insert(refs.begin(), refs.end());
    }
    if (!query.events.empty() && filter.events.empty()) filter.matches_nothing = true;
    if (query.status) {
        filter.success = *query.status == "success";
        if (*query.status != "success" && *query.status != "failed") filter.matches_nothing = true;
    }
    return filter;
}

bool contains(const auto& values, auto value) {
    return values.empty() || std::ranges::find(values, value) != values.end();
}

Result<void> collect_from_tail(ReadSession& session, const SegmentPtr& segment, const ports::AttemptQuery& query,
                               const AttemptFilter& filter, const Walk& walk, Candidates& candidates) {
    std::vector<std::uint32_t> topics;
    for (const std::string& topic : query.topics) topics.push_back(text_hash32(topic));
    std::vector<std::uint16_t> types;
    for (const std::string& type : query.destination_types) {
        types.push_back(static_cast<std::uint16_t>(text_hash32(type)));
    }
    const auto fits = [&](const TailEntry& entry) {
        return contains(filter.tenants, static_cast<std::int64_t>(entry.tenant)) &&
               contains(filter.destinations, static_cast<std::int64_t>(entry.destination)) &&
               contains(topics, entry.topic_hash) && contains(types, entry.type_hash) &&
               (!filter.success || *filter.success == ((entry.flags & kFlagSuccess) != 0)) &&
               (filter.events.empty() || filter.events.contains(model::EventRef{entry.event_segment, entry.event_row}));
    };
    const std::vector<std::uint32_t> found =
        scan_tail(*segment->tail, walk, candidates.bounds(), RowKind::attempt, fits);
    const auto read = [&](const Statement& rows, std::size_t i) -> Result<void> {
        // The tail compares hashes; the row has the last word.
        if (contains(query.topics, rows.text(2)) && contains(query.destination_types, rows.text(3))) {
            candidates.add({rows.integer(0), std::string(rows.text(1)), segment, found[i]});
        }
        return {};
    };
    return read_rows(
        session, *segment, "SELECT time, id, topic, type FROM attempts WHERE row = ?", all_of(found),
        [&](std::size_t i) { return found[i]; }, read);
}

Result<void> collect_from_sealed(ReadSession& session, const SegmentPtr& segment, const ports::AttemptQuery& query,
                                 const AttemptFilter& filter, const Walk& walk, Candidates& candidates) {
    Conditions where;
    where.add_in("destination", filter.destinations);
    where.add_in("tenant", filter.tenants);
    std::vector<std::string> events;
    for (const EventId& id : query.events) events.push_back(id.value);
    where.add_in("event_id", events);
    where.add_in("topic", query.topics);
    where.add_in("type", query.destination_types);
    if (filter.success) where.add("success = ?", {std::int64_t{*filter.success}});
    const TimeBounds times = candidates.bounds();
    where.add("time BETWEEN ? AND ?", {times.first, times.last});
    if (walk.from) {
        where.add(fmt::format("(time, id) {} (?, ?)", walk.ascending ? ">" : "<"),
                  {unix_ms(walk.from->time), walk.from->id});
    }
    TRY(Database * database, session.connection(*segment));
    TRY(Statement rows,
        database->prepare(fmt::format("SELECT row, time, id FROM attempts{} ORDER BY time {}, id {} LIMIT ?",
                                      where.text(), walk.ascending ? "ASC" : "DESC", walk.ascending ? "ASC" : "DESC")));
    const int limit = where.bind(rows);
    rows.bind(limit, static_cast<std::int64_t>(walk.wanted));
    return add_found(rows, segment, candidates);
}

/// The rows that the indexes and the tail can tell.
Result<Candidates::Page> list_rows(ReadSession& session, const ports::AttemptQuery& query, const AttemptFilter& filter,
                                   const model::PageRequest& request) {
    const auto from_tail = [&](const SegmentPtr& segment, const Walk& walk, Candidates& candidates) {
        return collect_from_tail(session, segment, query, filter, walk, candidates);
    };
    const auto from_sealed = [&](const SegmentPtr& segment, const Walk& walk, Candidates& candidates) {
        return collect_from_sealed(session, segment, query, filter, walk, candidates);
    };
    return walk_segments(*session.segments(), Walk(request, query.time), &SegmentRange::attempt_times, query.events,
                         from_tail, from_sealed);
}

Result<Choice> choose_attempts(ReadSession& session, const model::AttemptConditions& conditions,
                               const std::vector<Candidate>& rows) {
    Choice choice{.fits = std::vector<bool>(rows.size(), false)};
    const auto read = [&](const Statement& row, std::size_t i) -> Result<void> {
        const auto status = row.integer(0) != 0 ? model::AttemptStatus::success : model::AttemptStatus::failed;
        choice.fits[i] =
            conditions.fit(status, row.text(1), row.integer(2) != 0, static_cast<std::uint32_t>(row.integer(3)));
        return {};
    };
    for (const auto& [segment, wanted] : by_segment(rows)) {
        TRY_VOID(read_rows(
            session, *segment, "SELECT success, code, manual, number FROM attempts WHERE row = ?", wanted,
            [&](std::size_t i) { return rows[i].row; }, read));
    }
    return choice;
}

}  // namespace

Result<ports::AttemptPage> list_attempts(ReadSession& session, const ports::AttemptQuery& query,
                                         const ScanLimits& limits) {
    ports::AttemptPage page;
    if (query.with_count) page.count.emplace();
    TRY(const AttemptFilter filter, resolve(session, query));
    if (filter.matches_nothing) return page;
    const bool looks = !query.conditions.empty();
    const auto list = [&](const model::PageRequest& request) { return list_rows(session, query, filter, request); };
    const auto choose = [&](const std::vector<Candidate>& rows) {
        return looks ? choose_attempts(session, query.conditions, rows) : choose_all(rows);
    };
    Candidates::Page rows;
    if (looks) {
        TRY(rows, scan_page(query.page, limits, list, choose));
    } else {
        TRY(rows, list(query.page));
    }
    if (query.with_count) {
        TRY(page.count, scan_count(limits, list, choose));
    }
    page.links = std::move(rows.links);
    TRY(page.attempts, read_attempts(session, rows.rows, query.with_event));
    return page;
}

}  // namespace outpost::embedded
