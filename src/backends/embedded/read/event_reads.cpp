#include "backends/embedded/read/event_reads.hpp"

#include "backends/embedded/read/snapshot.hpp"

namespace outpost::embedded {
namespace {

bool contains(const auto& values, auto value) {
    return values.empty() || std::ranges::find(values, value) != values.end();
}

Result<StoredEvent> stored_event(ReadSession& session, const Statement& row) {
    TRY(TenantId tenant, session.names().tenant(static_cast<std::uint32_t>(row.integer(kEventTenantColumn))));
    return read_stored_event(row, 0, tenant);
}

Result<ports::EventRecord> read_record(ReadSession& session, const Segment& segment, std::uint32_t row) {
    std::optional<ports::EventRecord> record;
    const auto read = [&](const Statement& rows, std::size_t) -> Result<void> {
        TRY(record, event_record_of(session, rows, {segment.number, row}));
        return {};
    };
    TRY_VOID(read_rows(session, segment, select_event_row(), {0}, [row](std::size_t) { return row; }, read));
    if (!record) return fail(Errc::not_found, "event not found");
    return *std::move(record);
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

std::string select_event_row() {
    return fmt::format("SELECT {} FROM events WHERE row = ?", kEventColumns);
}

Result<ports::EventRecord> event_record_of(ReadSession& session, const Statement& row, model::EventRef place) {
    TRY(StoredEvent stored, stored_event(session, row));
    ports::EventRecord record{.event = std::move(stored.event), .ref = place};
    if (stored.origin) record.ref = stored.origin->ref;
    for (const TailDestination& matched : stored.destinations) {
        TRY(DestinationId id, session.names().destination(matched.destination));
        record.matched_destination_ids.push_back(std::move(id));
        record.matched.push_back({stored.tenant, matched.destination, matched.incarnation});
    }
    return record;
}

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
    std::vector<model::EventRef> homes;
    std::map<std::uint32_t, std::vector<std::size_t>> by_home;
    for (std::size_t i = 0; i < refs.size(); ++i) {
        TRY(const model::EventRef home, home_of(session, refs[i]));
        homes.push_back(home);
        by_home[home.segment].push_back(i);
    }
    const auto read = [&](const Statement& rows, std::size_t i) -> Result<void> {
        TRY(StoredEvent stored, stored_event(session, rows));
        // Never another event than the one that was asked for, whatever a damaged table says (T-06).
        const model::EventRef accepted_at = stored.origin ? stored.origin->ref : homes[i];
        if (accepted_at == refs[i]) events[i] = std::move(stored.event);
        return {};
    };
    for (const auto& [number, wanted] : by_home) {
        const SegmentPtr segment = SegmentDirectory::find(*segments, number);
        if (segment == nullptr) continue;
        const auto row_of = [&](std::size_t i) { return homes[i].row; };
        TRY_VOID(read_rows(session, *segment, select_event_row(), wanted, row_of, read));
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

}  // namespace outpost::embedded
