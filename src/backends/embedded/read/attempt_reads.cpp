#include "backends/embedded/read/attempt_reads.hpp"

#include "backends/embedded/log/row_checksum.hpp"
#include "backends/embedded/log/segment_file.hpp"
#include "backends/embedded/read/candidates.hpp"
#include "backends/embedded/read/conditions.hpp"
#include "backends/embedded/read/event_reads.hpp"

#include <set>

namespace outpost::embedded {
namespace {

// After kAttemptFieldColumns.
constexpr std::string_view kContentColumns = "duration, event_id, code, response";

Result<ports::AttemptRecord> read_attempt(const Statement& row, ReadSession& session, bool with_event) {
    TRY(const AttemptFields fields, read_attempt_fields(row, 0));
    const auto content = [&](int column) { return row.text(kAttemptFieldColumnCount + column); };
    const std::int64_t duration = row.integer(kAttemptFieldColumnCount);
    const std::uint32_t expected = content_half(row.integer(kAttemptFieldColumnCount - 1));
    if (content_checksum(fields.row, {fmt::to_string(duration), content(1), content(2), content(3)}) != expected) {
        return fail(Errc::corrupt, fmt::format("row {} of attempts has a damaged payload", fields.row));
    }
    ports::AttemptRecord record;
    model::Attempt& attempt = record.attempt;
    attempt.id = AttemptId(fields.id);
    record.event_ref = {static_cast<std::uint32_t>(fields.event_segment), static_cast<std::uint32_t>(fields.event_row)};
    attempt.number = static_cast<std::uint32_t>(fields.number);
    attempt.manual = fields.manual != 0;
    attempt.status = fields.success != 0 ? model::AttemptStatus::success : model::AttemptStatus::failed;
    attempt.time = from_unix_ms(fields.time);
    attempt.duration = Milliseconds(duration);
    record.event_id = EventId(content(1));
    record.topic = fields.topic;
    attempt.destination_type = fields.type;
    attempt.code = content(2);
    attempt.response_data = content(3);
    TRY(record.tenant_id, session.names().tenant(static_cast<std::uint32_t>(fields.tenant)));
    TRY(record.destination_id, session.names().destination(static_cast<std::uint32_t>(fields.destination)));
    if (with_event) {
        TRY(record.event, read_event(session, record.event_ref));
    }
    return record;
}

Result<ports::AttemptRecord> read_record(ReadSession& session, const Segment& segment, std::uint32_t row,
                                         bool with_event) {
    TRY(Database * database, session.connection(segment));
    TRY(Statement rows, database->prepare(fmt::format("SELECT {}, {} FROM attempts WHERE row = ?", kAttemptFieldColumns,
                                                      kContentColumns)));
    rows.bind(1, row);
    TRY(const bool found, rows.step());
    if (!found) return fail(Errc::not_found, "attempt not found");
    return read_attempt(rows, session, with_event);
}

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
        return entry.kind == RowKind::attempt && contains(filter.tenants, static_cast<std::int64_t>(entry.tenant)) &&
               contains(filter.destinations, static_cast<std::int64_t>(entry.destination)) &&
               contains(topics, entry.topic_hash) && contains(types, entry.type_hash) &&
               (!filter.success || *filter.success == ((entry.flags & kFlagSuccess) != 0)) &&
               (filter.events.empty() || filter.events.contains(model::EventRef{entry.event_segment, entry.event_row}));
    };
    TRY(Database * database, session.connection(*segment));
    TRY(Statement rows, database->prepare("SELECT time, id, topic, type FROM attempts WHERE row = ?"));
    for (const std::uint32_t row : scan_tail(*segment->tail, walk, fits)) {
        rows.bind(1, row);
        TRY(const bool found, rows.step());
        // The tail compares hashes; the row has the last word.
        if (found && contains(query.topics, rows.text(2)) && contains(query.destination_types, rows.text(3))) {
            candidates.add({rows.integer(0), std::string(rows.text(1)), segment, row});
        }
        rows.reset();
    }
    return {};
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
    where.add("time BETWEEN ? AND ?", {walk.time_first, walk.time_last});
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
    while (true) {
        TRY(const bool more, rows.step());
        if (!more) return {};
        candidates.add(
            {rows.integer(1), std::string(rows.text(2)), segment, static_cast<std::uint32_t>(rows.integer(0))});
    }
}

std::pair<std::int64_t, std::int64_t> attempt_times(const SegmentRange& range) {
    return {range.attempt_time_first, range.attempt_time_last};
}

/// The row of this attempt in one segment.
Result<std::optional<std::uint32_t>> row_of_id(ReadSession& session, const Segment& segment, const AttemptId& id) {
    if (!segment.may_have(attempt_id_hash(id.value))) return std::nullopt;
    if (!segment.sealed()) {
        const auto row = segment.tail->find(attempt_id_hash(id.value),
                                            [](const TailEntry& entry) { return entry.kind == RowKind::attempt; });
        if (!row) return std::nullopt;
    }
    TRY(Database * database, session.connection(segment));
    if (segment.sealed()) {
        TRY(Statement rows, database->prepare("SELECT row FROM attempts WHERE id = ?"));
        rows.bind(1, id.value);
        TRY(const bool found, rows.step());
        return found ? std::optional(static_cast<std::uint32_t>(rows.integer(0))) : std::nullopt;
    }
    std::optional<std::uint32_t> same;
    TRY(Statement rows, database->prepare("SELECT id FROM attempts WHERE row = ?"));
    Result<void> outcome;
    segment.tail->for_each(attempt_id_hash(id.value), [&](std::uint32_t row, const TailEntry& entry) {
        if (entry.kind != RowKind::attempt || !outcome) return;
        rows.bind(1, row);
        auto found = rows.step();
        if (!found) outcome = fail(found.error());
        else if (*found && rows.text(0) == id.value) same = row;
        rows.reset();
    });
    TRY_VOID(outcome);
    return same;
}

}  // namespace

Result<ports::AttemptRecord> find_attempt(ReadSession& session, const std::optional<TenantId>& tenant,
                                          const AttemptId& id, bool with_event) {
    std::optional<Error> damage;
    const auto segments = session.segments();
    for (auto segment = segments->rbegin(); segment != segments->rend(); ++segment) {
        const auto row = row_of_id(session, **segment, id);
        if (!row) {
            if (row.error().code() != Errc::corrupt) return fail(row.error());
            damage = row.error();  // the other segments are as good as ever (T-06)
            continue;
        }
        if (!*row) continue;
        TRY(ports::AttemptRecord record, read_record(session, **segment, **row, with_event));
        if (tenant && record.tenant_id != *tenant) return fail(Errc::not_found, "attempt not found");
        return record;
    }
    return damage ? fail(*damage) : fail(Errc::not_found, "attempt not found");
}

Result<ports::AttemptPage> list_attempts(ReadSession& session, const ports::AttemptQuery& query) {
    ports::AttemptPage page;
    TRY(const AttemptFilter filter, resolve(session, query));
    if (filter.matches_nothing) return page;
    const Walk walk(query.page, query.time);
    Candidates candidates(walk);
    const auto segments = session.segments();
    for (const SegmentPtr& segment : in_walk_order(*segments, walk, &attempt_times)) {
        if (!segment->sealed()) {
            TRY_VOID(collect_from_tail(session, segment, query, filter, walk, candidates));
            continue;
        }
        const auto [first, last] = attempt_times(segment->range);
        if (!candidates.may_improve(first, last) || !may_have_any(*segment, query.events)) continue;
        TRY_VOID(collect_from_sealed(session, segment, query, filter, walk, candidates));
    }
    Candidates::Page rows = std::move(candidates).finish();
    page.links = std::move(rows.links);
    for (const Candidate& row : rows.rows) {
        TRY(ports::AttemptRecord record, read_record(session, *row.segment, row.row, query.with_event));
        page.attempts.push_back(std::move(record));
    }
    return page;
}

Result<std::uint32_t> last_attempt_number(ReadSession& session, const model::DeliveryKey& key) {
    std::uint32_t last = 0;
    const auto segments = session.segments();
    for (const SegmentPtr& segment : *segments) {
        if (segment->number < key.event.segment) continue;
        if (!segment->sealed()) {
            const Tail& tail = *segment->tail;
            const std::size_t size = tail.size();
            for (std::size_t row = 0; row < size; ++row) {
                const TailEntry& entry = tail[row];
                // A decision counts too: it may say what the attempts of a segment that is gone came to.
                if (entry.kind != RowKind::event && entry.event_row == key.event.row &&
                    entry.event_segment == key.event.segment && entry.destination == key.destination.destination) {
                    last = std::max(last, entry.attempts);
                }
            }
            continue;
        }
        TRY(Database * database, session.connection(*segment));
        TRY(Statement rows,
            database->prepare("SELECT max(n) FROM (SELECT max(number) AS n FROM attempts WHERE event_segment = ?1 AND"
                              " event_row = ?2 AND destination = ?3 UNION ALL SELECT max(attempts) FROM decisions WHERE"
                              " event_segment = ?1 AND event_row = ?2 AND destination = ?3)"));
        rows.bind(1, key.event.segment).bind(2, key.event.row).bind(3, key.destination.destination);
        TRY_VOID(rows.step());
        last = std::max(last, static_cast<std::uint32_t>(rows.integer(0)));
    }
    return last;
}

}  // namespace outpost::embedded
