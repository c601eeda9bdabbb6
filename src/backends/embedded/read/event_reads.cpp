#include "backends/embedded/read/event_reads.hpp"

#include "backends/embedded/read/candidates.hpp"
#include "backends/embedded/read/conditions.hpp"

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

Result<ports::EventRecord> read_record(ReadSession& session, const Segment& segment, std::uint32_t row) {
    TRY(Database * database, session.connection(segment));
    TRY(Statement rows, database->prepare(fmt::format("SELECT {} FROM events WHERE row = ?", kEventColumns)));
    rows.bind(1, row);
    TRY(const bool found, rows.step());
    if (!found) return fail(Errc::not_found, "event not found");
    TRY(TenantId tenant, session.names().tenant(static_cast<std::uint32_t>(rows.integer(kEventTenantColumn))));
    TRY(StoredEvent stored, read_stored_event(rows, 0, tenant));
    ports::EventRecord record{.event = std::move(stored.event), .ref = {segment.number, row}};
    if (stored.origin) record.ref = stored.origin->ref;
    for (const TailDestination& matched : stored.destinations) {
        TRY(DestinationId id, session.names().destination(matched.destination));
        record.matched_destination_ids.push_back(std::move(id));
        record.matched.push_back({stored.tenant, matched.destination, matched.incarnation});
    }
    return record;
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
        if (entry.kind != RowKind::event || !contains(filter.tenants, static_cast<std::int64_t>(entry.tenant)) ||
            !contains(topics, entry.topic_hash) || !contains(ids, entry.id_hash)) {
            return false;
        }
        return filter.destinations.empty() ||
               std::ranges::any_of(tail.destinations_of(entry), [&](const TailDestination& matched) {
                   return contains(filter.destinations, static_cast<std::int64_t>(matched.destination));
               });
    };
    TRY(Database * database, session.connection(*segment));
    TRY(Statement rows, database->prepare("SELECT time, id, topic FROM events WHERE row = ?"));
    for (const std::uint32_t row : scan_tail(tail, walk, fits)) {
        rows.bind(1, row);
        TRY(const bool found, rows.step());
        // The tail compares hashes; the row has the last word.
        if (found && contains(query.topics, rows.text(2)) &&
            (query.ids.empty() || std::ranges::find(query.ids, EventId(rows.text(1))) != query.ids.end())) {
            candidates.add({rows.integer(0), std::string(rows.text(1)), segment, row});
        }
        rows.reset();
    }
    return {};
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
    where.add("e.time BETWEEN ? AND ?", {walk.time_first, walk.time_last});
    if (walk.from) {
        where.add(fmt::format("(e.time, e.id) {} (?, ?)", walk.ascending ? ">" : "<"),
                  {unix_ms(walk.from->time), walk.from->id});
    }
    std::string source = "events e";
    if (!filter.destinations.empty()) {
        source = "event_destinations x CROSS JOIN events e ON e.row = x.row";
        where.add_in("x.destination", filter.destinations);
        where.add("x.time BETWEEN ? AND ?", {walk.time_first, walk.time_last});
    }
    const std::string_view order = walk.ascending ? "ASC" : "DESC";
    const std::string_view time = filter.destinations.empty() ? "e.time" : "x.time";
    TRY(Database * database, session.connection(*segment));
    TRY(Statement rows,
        database->prepare(fmt::format("SELECT DISTINCT e.row, e.time, e.id FROM {}{} ORDER BY {} {}, e.id {} LIMIT ?",
                                      source, where.text(), time, order, order)));
    const int limit = where.bind(rows);
    rows.bind(limit, static_cast<std::int64_t>(walk.wanted));
    while (true) {
        TRY(const bool more, rows.step());
        if (!more) return {};
        candidates.add(
            {rows.integer(1), std::string(rows.text(2)), segment, static_cast<std::uint32_t>(rows.integer(0))});
    }
}

std::pair<std::int64_t, std::int64_t> event_times(const SegmentRange& range) {
    return {range.event_time_first, range.event_time_last};
}

/// A row, and where its event was accepted: there, unless it is a copy.
struct Place {
    std::uint32_t row = 0;
    model::EventRef accepted_at;
    bool copy = false;
};

/// Rows of one segment with this id, newest first.
Result<std::vector<Place>> rows_of_id(ReadSession& session, const Segment& segment,
                                      const std::vector<std::uint32_t>& tenants, const EventId& id) {
    std::vector<Place> found;
    const auto add = [&](std::int64_t row, std::optional<std::int64_t> origin_segment, std::int64_t origin_row) {
        Place place{static_cast<std::uint32_t>(row), {segment.number, static_cast<std::uint32_t>(row)}, false};
        if (origin_segment) {
            place.accepted_at = {static_cast<std::uint32_t>(*origin_segment), static_cast<std::uint32_t>(origin_row)};
            place.copy = true;
        }
        found.push_back(place);
    };
    if (!segment.may_have(event_id_hash(id.value))) return found;
    TRY(Database * database, session.connection(segment));
    if (segment.sealed()) {
        TRY(Statement rows, database->prepare("SELECT row, tenant, origin_segment, origin_row FROM events WHERE id = ?"
                                              " ORDER BY row DESC"));
        rows.bind(1, id.value);
        while (true) {
            TRY(const bool more, rows.step());
            if (!more) return found;
            if (contains(tenants, static_cast<std::uint32_t>(rows.integer(1)))) {
                add(rows.integer(0), rows.optional_integer(2), rows.integer(3));
            }
        }
    }
    std::vector<std::uint32_t> candidates;
    segment.tail->for_each(event_id_hash(id.value), [&](std::uint32_t row, const TailEntry& entry) {
        if (entry.kind == RowKind::event && contains(tenants, entry.tenant)) candidates.push_back(row);
    });
    std::ranges::sort(candidates, std::greater());
    TRY(Statement rows, database->prepare("SELECT id, origin_segment, origin_row FROM events WHERE row = ?"));
    for (const std::uint32_t row : candidates) {
        rows.bind(1, row);
        TRY(const bool there, rows.step());
        if (there && rows.text(0) == id.value) add(row, rows.optional_integer(1), rows.integer(2));
        rows.reset();
    }
    return found;
}

}  // namespace

Result<model::EventPtr> read_event(ReadSession& session, model::EventRef ref) {
    TRY(auto events, read_events(session, std::span(&ref, 1)));
    return std::move(events.front());
}

Result<model::EventRef> home_of(ReadSession& session, model::EventRef ref) {
    if (SegmentDirectory::find(*session.segments(), ref.segment) != nullptr) return ref;
    TRY(const auto carried_to, session.carried_to(ref));
    return carried_to.value_or(ref);
}

Result<std::vector<model::EventPtr>> read_events(ReadSession& session, std::span<const model::EventRef> refs) {
    std::vector<model::EventPtr> events(refs.size());
    const auto segments = session.segments();
    std::optional<std::uint32_t> prepared;
    Statement rows;
    for (std::size_t i = 0; i < refs.size(); ++i) {
        TRY(const model::EventRef home, home_of(session, refs[i]));
        const SegmentPtr segment = SegmentDirectory::find(*segments, home.segment);
        if (segment == nullptr) continue;
        if (prepared != home.segment) {
            rows = Statement();  // gives the earlier connection free before another may take its place
            TRY(Database * database, session.connection(*segment));
            TRY(rows, database->prepare(fmt::format("SELECT {} FROM events WHERE row = ?", kEventColumns)));
            prepared = home.segment;
        }
        rows.bind(1, home.row);
        TRY(const bool found, rows.step());
        if (found) {
            TRY(TenantId tenant, session.names().tenant(static_cast<std::uint32_t>(rows.integer(kEventTenantColumn))));
            TRY(StoredEvent stored, read_stored_event(rows, 0, tenant));
            // Never another event than the one that was asked for, whatever a damaged table says (T-06).
            const model::EventRef accepted_at = stored.origin ? stored.origin->ref : home;
            if (accepted_at == refs[i]) events[i] = std::move(stored.event);
        }
        rows.reset();
    }
    return events;
}

Result<std::vector<model::EventRef>> find_event_refs(ReadSession& session, const std::vector<std::uint32_t>& tenants,
                                                     const EventId& id) {
    std::vector<model::EventRef> refs;
    const auto segments = session.segments();
    for (auto segment = segments->rbegin(); segment != segments->rend(); ++segment) {
        TRY(const auto rows, rows_of_id(session, **segment, tenants, id));
        for (const Place& place : rows) refs.push_back(place.accepted_at);
    }
    return refs;
}

Result<ports::EventRecord> find_event(ReadSession& session, const std::optional<TenantId>& tenant, const EventId& id) {
    std::vector<std::uint32_t> tenants;
    if (tenant) {
        TRY(const auto number, session.names().tenant_number(*tenant));
        if (!number) return fail(Errc::not_found, "event not found");
        tenants.push_back(*number);
    }
    std::optional<std::pair<SegmentPtr, Place>> newest;  // accepted last: copies come late and mean nothing
    bool copies_only = true;
    std::optional<Error> damage;
    const auto segments = session.segments();
    for (auto segment = segments->rbegin(); segment != segments->rend(); ++segment) {
        const auto rows = rows_of_id(session, **segment, tenants, id);
        if (!rows) {
            if (rows.error().code() != Errc::corrupt) return fail(rows.error());
            damage = rows.error();  // the other segments are as good as ever (T-06)
            continue;
        }
        for (const Place& place : *rows) {
            if (!newest || newest->second.accepted_at < place.accepted_at) newest = {*segment, place};
            copies_only = copies_only && place.copy;
        }
        if (!copies_only) break;  // what lies before was accepted before
    }
    if (!newest) return damage ? fail(*damage) : fail(Errc::not_found, "event not found");
    return read_record(session, *newest->first, newest->second.row);
}

Result<ports::EventPage> list_events(ReadSession& session, const ports::EventQuery& query) {
    ports::EventPage page;
    TRY(const EventFilter filter, resolve(session, query));
    if (filter.matches_nothing) return page;
    const Walk walk(query.page, query.time);
    Candidates candidates(walk);
    const auto segments = session.segments();
    const std::uint32_t first_segment = segments->empty() ? 0 : segments->front()->number;
    for (const SegmentPtr& segment : in_walk_order(*segments, walk, &event_times)) {
        if (!segment->sealed()) {
            TRY_VOID(collect_from_tail(session, segment, query, filter, walk, first_segment, candidates));
            continue;
        }
        const auto [first, last] = event_times(segment->range);
        if (!candidates.may_improve(first, last) || !may_have_any(*segment, query.ids)) continue;
        TRY_VOID(collect_from_sealed(session, segment, query, filter, walk, first_segment, candidates));
    }
    Candidates::Page rows = std::move(candidates).finish();
    page.links = std::move(rows.links);
    for (const Candidate& row : rows.rows) {
        TRY(ports::EventRecord record, read_record(session, *row.segment, row.row));
        page.events.push_back(std::move(record));
    }
    return page;
}

}  // namespace outpost::embedded
