#include "backends/embedded/read/outcome_reads.hpp"

#include "backends/embedded/log/row_checksum.hpp"
#include "backends/embedded/log/segment_file.hpp"
#include "backends/embedded/read/snapshot.hpp"

namespace outpost::embedded {
namespace {

using AllFolds = std::map<model::EventRef, OutcomeFolds>;
using Facts = std::map<std::uint32_t, std::function<void(AllFolds&)>>;  // by row: the order of the log

constexpr std::string_view kOfEvent = "event_segment = ? AND event_row = ?";

model::DestinationKey key_of(const auto& fields) {
    return {static_cast<std::uint32_t>(fields.tenant), static_cast<std::uint32_t>(fields.destination),
            static_cast<std::uint32_t>(fields.incarnation)};
}
model::EventRef event_of(const auto& fields) {
    return {static_cast<std::uint32_t>(fields.event_segment), static_cast<std::uint32_t>(fields.event_row)};
}

std::string select_attempts(std::string_view where) {
    return fmt::format("SELECT {}, {} FROM attempts WHERE {}", kAttemptFieldColumns, kAttemptContentColumns, where);
}

Result<void> add_attempt(const Statement& row, Facts& facts) {
    TRY(const AttemptFields fields, read_attempt_fields(row, 0));
    TRY(const AttemptContent content, read_attempt_content(row));
    model::Attempt attempt;
    attempt.status = fields.success != 0 ? model::AttemptStatus::success : model::AttemptStatus::failed;
    attempt.time = from_unix_ms(fields.time);
    attempt.code = content.code;
    auto apply = [event = event_of(fields), key = key_of(fields), attempt = std::move(attempt),
                  open = fields.next_due != kClosed](AllFolds& folds) { folds[event][key].attempted(attempt, open); };
    facts.emplace(static_cast<std::uint32_t>(fields.row), std::move(apply));
    return {};
}

std::string select_decisions(std::string_view where) {
    return fmt::format("SELECT {} FROM decisions WHERE {}", kDecisionFieldColumns, where);
}

Result<void> add_decision(const Statement& row, Facts& facts) {
    TRY(const DecisionFields fields, read_decision_fields(row, 0));
    ports::Decision decision{.key = {event_of(fields), key_of(fields)},
                             .kind = static_cast<ports::DecisionKind>(fields.kind),
                             .time = from_unix_ms(fields.time),
                             .reason = std::string(fields.reason)};
    auto apply = [decision = std::move(decision),
                  attempts = static_cast<std::uint32_t>(fields.attempts)](AllFolds& folds) {
        folds[decision.key.event][decision.key.destination].decided(decision, attempts);
    };
    facts.emplace(static_cast<std::uint32_t>(fields.row), std::move(apply));
    return {};
}

Result<bool> has_decisions(Snapshot& snapshot) {
    TRY(Statement rows, snapshot.prepare("SELECT 1 FROM decisions LIMIT 1"));
    return rows.step();
}

Result<void> collect_sealed(Snapshot& snapshot, const Segment& segment, const std::vector<NamedEvent>& events,
                            Facts& facts) {
    TRY(Statement attempts, snapshot.prepare(select_attempts(kOfEvent)));
    TRY(Statement decisions, snapshot.prepare(select_decisions(kOfEvent)));
    const auto collect = [&](Statement& rows, model::EventRef event, auto add) -> Result<void> {
        rows.bind(1, event.segment).bind(2, event.row);
        while (true) {
            TRY(const bool more, rows.step());
            if (!more) break;
            TRY_VOID(add(rows, facts));
        }
        rows.reset();
        return {};
    };
    TRY(const bool decided, has_decisions(snapshot));
    for (const auto& [ref, id] : events) {
        if (ref.segment > segment.number) continue;
        // The filter knows the events of attempts, not those of decisions.
        if (segment.may_have(event_id_hash(id.value))) TRY_VOID(collect(attempts, ref, add_attempt));
        if (decided) TRY_VOID(collect(decisions, ref, add_decision));
    }
    return {};
}

/// @param events  in order
Result<void> collect_tail(Snapshot& snapshot, const Tail& tail, const std::vector<NamedEvent>& events, Facts& facts) {
    TRY(Statement attempts, snapshot.prepare(select_attempts("row = ?")));
    TRY(Statement decisions, snapshot.prepare(select_decisions("row = ?")));
    const std::size_t size = tail.size();
    for (std::size_t row = 0; row < size; ++row) {
        const TailEntry& entry = tail[row];
        if (entry.kind == RowKind::event) continue;
        const model::EventRef event{entry.event_segment, entry.event_row};
        if (event < events.front().ref || events.back().ref < event) continue;
        if (!std::ranges::binary_search(events, event, {}, &NamedEvent::ref)) continue;
        const bool is_attempt = entry.kind == RowKind::attempt;
        Statement& rows = is_attempt ? attempts : decisions;
        rows.bind(1, static_cast<std::int64_t>(row));
        TRY(const bool found, rows.step());
        if (found) TRY_VOID(is_attempt ? add_attempt(rows, facts) : add_decision(rows, facts));
        rows.reset();
    }
    return {};
}

}  // namespace

Result<std::map<model::EventRef, OutcomeFolds>> fold_outcomes(ReadSession& session, std::vector<NamedEvent> events) {
    AllFolds folds;
    if (events.empty()) return folds;
    std::ranges::sort(events, {}, &NamedEvent::ref);
    const auto segments = session.segments();
    for (const SegmentPtr& segment : *segments) {
        if (segment->number < events.front().ref.segment) continue;
        Facts facts;
        TRY(Snapshot snapshot, Snapshot::begin(session, *segment));
        if (segment->sealed()) TRY_VOID(collect_sealed(snapshot, *segment, events, facts));
        else TRY_VOID(collect_tail(snapshot, *segment->tail, events, facts));
        for (const auto& [row, apply] : facts) apply(folds);
    }
    return folds;
}

Result<std::vector<ports::DeliveryOutcome>> find_outcomes(ReadSession& session, const ports::EventRecord& event) {
    TRY(auto all, fold_outcomes(session, {{event.ref, event.event->id}}));
    OutcomeFolds& folds = all[event.ref];
    std::vector<ports::DeliveryOutcome> outcomes;
    for (std::size_t i = 0; i < event.matched.size(); ++i) {
        const auto found = folds.find(event.matched[i]);
        if (found == folds.end()) continue;
        if (auto outcome = found->second.outcome(event.matched_destination_ids[i])) {
            outcomes.push_back(std::move(*outcome));
        }
        folds.erase(found);
    }
    for (const auto& [key, fold] : folds) {  // a person sent it to these later
        TRY(DestinationId id, session.names().destination(key.destination));
        if (auto outcome = fold.outcome(std::move(id))) outcomes.push_back(std::move(*outcome));
    }
    return outcomes;
}

}  // namespace outpost::embedded
