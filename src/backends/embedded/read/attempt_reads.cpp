#include "backends/embedded/read/attempt_reads.hpp"

#include "backends/embedded/log/row_checksum.hpp"
#include "backends/embedded/log/segment_file.hpp"
#include "backends/embedded/read/event_reads.hpp"
#include "backends/embedded/read/snapshot.hpp"

namespace outpost::embedded {
namespace {

/// Without its event.
Result<ports::AttemptRecord> read_attempt(const Statement& row, ReadSession& session) {
    TRY(const AttemptFields fields, read_attempt_fields(row, 0));
    TRY(const AttemptContent content, read_attempt_content(row));
    ports::AttemptRecord record;
    model::Attempt& attempt = record.attempt;
    attempt.id = AttemptId(fields.id);
    record.event_ref = {static_cast<std::uint32_t>(fields.event_segment), static_cast<std::uint32_t>(fields.event_row)};
    attempt.number = static_cast<std::uint32_t>(fields.number);
    attempt.manual = fields.manual != 0;
    attempt.status = fields.success != 0 ? model::AttemptStatus::success : model::AttemptStatus::failed;
    attempt.time = from_unix_ms(fields.time);
    attempt.duration = Milliseconds(content.duration);
    record.event_id = EventId(content.event_id);
    record.topic = fields.topic;
    attempt.destination_type = fields.type;
    attempt.code = content.code;
    attempt.response_data = content.response;
    attempt.trace = content.trace;
    if (fields.next_due != kClosed) record.next_due = from_unix_ms(fields.next_due);
    TRY(record.tenant_id, session.names().tenant(static_cast<std::uint32_t>(fields.tenant)));
    TRY(record.destination_id, session.names().destination(static_cast<std::uint32_t>(fields.destination)));
    return record;
}

std::string select_attempt() {
    return fmt::format("SELECT {}, {} FROM attempts WHERE row = ?", kAttemptFieldColumns, kAttemptContentColumns);
}

Result<void> add_events(ReadSession& session, std::vector<ports::AttemptRecord>& records) {
    std::vector<model::EventRef> refs;
    for (const ports::AttemptRecord& record : records) refs.push_back(record.event_ref);
    TRY(auto events, read_events(session, refs));
    for (std::size_t i = 0; i < records.size(); ++i) records[i].event = std::move(events[i]);
    return {};
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

Result<std::vector<ports::AttemptRecord>> read_attempts(ReadSession& session, const std::vector<Candidate>& page,
                                                        bool with_event) {
    std::vector<ports::AttemptRecord> records(page.size());
    std::size_t found = 0;
    for (const auto& [segment, wanted] : by_segment(page)) {
        const auto read = [&](const Statement& rows, std::size_t i) -> Result<void> {
            TRY(records[i], read_attempt(rows, session));
            ++found;
            return {};
        };
        const auto row_of = [&](std::size_t i) { return page[i].row; };
        TRY_VOID(read_rows(session, *segment, select_attempt(), wanted, row_of, read));
    }
    if (found < page.size()) return fail(Errc::not_found, "attempt not found");
    if (with_event) TRY_VOID(add_events(session, records));
    return records;
}

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
        TRY(auto records, read_attempts(session, {{.id = id.value, .segment = *segment, .row = **row}}, with_event));
        if (tenant && records.front().tenant_id != *tenant) return fail(Errc::not_found, "attempt not found");
        return std::move(records.front());
    }
    return damage ? fail(*damage) : fail(Errc::not_found, "attempt not found");
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
