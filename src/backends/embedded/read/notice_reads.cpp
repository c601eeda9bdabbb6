#include "backends/embedded/read/notice_reads.hpp"

#include "backends/embedded/read/attempt_reads.hpp"
#include "backends/embedded/read/event_reads.hpp"
#include "backends/embedded/read/snapshot.hpp"

namespace outpost::embedded {
namespace {

Result<void> read_attempt_of(ReadSession& session, model::EventRef place, ports::OperatorNotice& notice) {
    const SegmentPtr segment = SegmentDirectory::find(*session.segments(), place.segment);
    if (segment == nullptr) return fail(Errc::not_found, "the attempt is not kept any more");
    TRY(auto attempts, read_attempts(session, {{.segment = segment, .row = place.row}}, false));
    notice.attempt = std::move(attempts.front());
    return {};
}

Result<void> read_event_of(ReadSession& session, ports::OperatorNotice& notice) {
    TRY(const model::EventRef home, home_of(session, notice.attempt->event_ref));
    const SegmentPtr segment = SegmentDirectory::find(*session.segments(), home.segment);
    if (segment == nullptr) return fail(Errc::not_found, "the event is not kept any more");
    const auto read = [&](const Statement& rows, std::size_t) -> Result<void> {
        TRY(ports::EventRecord record, event_record_of(session, rows, home));
        notice.attempt->event = std::move(record.event);
        notice.matched = std::move(record.matched_destination_ids);
        return {};
    };
    TRY_VOID(read_rows(session, *segment, select_event_row(), {0}, [&](std::size_t) { return home.row; }, read));
    if (notice.attempt->event == nullptr) return fail(Errc::not_found, "the event is not kept any more");
    return {};
}

/// Also of a deleted one: its row stays, without secrets (decision C5: none is read here).
Result<void> read_destination_of(ReadSession& session, const OutboxRow& row, ports::OperatorNotice& notice) {
    TRY(Statement rows, session.control().prepare("SELECT id, type, topics, config, created_at, disabled_at FROM"
                                                  " destinations WHERE number = ?"));
    rows.bind(1, row.destination);
    TRY(const bool found, rows.step());
    if (!found) return fail(Errc::not_found, "the destination is not known");
    model::Destination destination;
    destination.id = DestinationId(rows.text(0));
    destination.tenant_id = notice.tenant_id;
    destination.type = rows.text(1);
    TRY(destination.topics, topics_from_json(rows.text(2)));
    TRY(destination.config, map_from_json(rows.text(3)));
    destination.created_at = from_unix_ms(rows.integer(4));
    if (const auto disabled = row.disabled_at ? row.disabled_at : rows.optional_integer(5)) {
        destination.disabled_at = from_unix_ms(*disabled);
    }
    notice.destination = std::move(destination);
    return {};
}

}  // namespace

Result<ports::OperatorNotice> read_notice(ReadSession& session, const OutboxRow& row) {
    ports::OperatorNotice notice{.number = static_cast<std::uint64_t>(row.number),
                                 .topic = row.topic,
                                 .source = row.source,
                                 .time = from_unix_ms(row.time_ms),
                                 .tries = row.tries,
                                 .detail = row.detail};
    TRY(notice.tenant_id, session.names().tenant(row.tenant));
    if (!row.attempt) return notice;
    TRY_VOID(read_attempt_of(session, ref_of_place(*row.attempt), notice));
    TRY_VOID(read_event_of(session, notice));
    TRY_VOID(read_destination_of(session, row, notice));
    notice.source = notice.attempt->attempt.id.value;
    return notice;
}

}  // namespace outpost::embedded
