#include "backends/embedded/read/outcome_reads.hpp"

#include "backends/embedded/log/row_checksum.hpp"

namespace outpost::embedded {
namespace {

using Folds = std::map<model::DestinationKey, ports::OutcomeFold>;
using Facts = std::map<std::uint32_t, std::function<void(Folds&)>>;  // by row: the order of the log

constexpr std::string_view kOfEvent = "event_segment = ? AND event_row = ?";

model::DestinationKey key_of(const auto& fields) {
    return {static_cast<std::uint32_t>(fields.tenant), static_cast<std::uint32_t>(fields.destination),
            static_cast<std::uint32_t>(fields.incarnation)};
}

std::string select_attempts(std::string_view where) {
    return fmt::format("SELECT {}, duration, event_id, code, response FROM attempts WHERE {}", kAttemptFieldColumns,
                       where);
}

Result<void> add_attempt(const Statement& row, Facts& facts) {
    TRY(const AttemptFields fields, read_attempt_fields(row, 0));
    const auto content = [&](int column) { return row.text(kAttemptFieldColumnCount + column); };
    const std::string duration = fmt::to_string(row.integer(kAttemptFieldColumnCount));
    const std::uint32_t expected = content_half(row.integer(kAttemptFieldColumnCount - 1));
    if (content_checksum(fields.row, {duration, content(1), content(2), content(3)}) != expected) {
        return fail(Errc::corrupt, fmt::format("row {} of attempts has a damaged payload", fields.row));
    }
    model::Attempt attempt;
    attempt.status = fields.success != 0 ? model::AttemptStatus::success : model::AttemptStatus::failed;
    attempt.time = from_unix_ms(fields.time);
    attempt.code = content(2);
    auto apply = [key = key_of(fields), attempt = std::move(attempt), open = fields.next_due != kClosed](Folds& folds) {
        folds[key].attempted(attempt, open);
    };
    facts.emplace(static_cast<std::uint32_t>(fields.row), std::move(apply));
    return {};
}

std::string select_decisions(std::string_view where) {
    return fmt::format("SELECT {} FROM decisions WHERE {}", kDecisionFieldColumns, where);
}

Result<void> add_decision(const Statement& row, Facts& facts) {
    TRY(const DecisionFields fields, read_decision_fields(row, 0));
    ports::Decision decision{.key = {{}, key_of(fields)},
                             .kind = static_cast<ports::DecisionKind>(fields.kind),
                             .time = from_unix_ms(fields.time),
                             .reason = std::string(fields.reason)};
    auto apply = [decision = std::move(decision), attempts = static_cast<std::uint32_t>(fields.attempts)](
                     Folds& folds) { folds[decision.key.destination].decided(decision, attempts); };
    facts.emplace(static_cast<std::uint32_t>(fields.row), std::move(apply));
    return {};
}

Result<void> collect_sealed(Database& database, model::EventRef event, Facts& facts) {
    const auto collect = [&](const std::string& sql, auto add) -> Result<void> {
        TRY(Statement rows, database.prepare(sql));
        rows.bind(1, event.segment).bind(2, event.row);
        while (true) {
            TRY(const bool more, rows.step());
            if (!more) return {};
            TRY_VOID(add(rows, facts));
        }
    };
    TRY_VOID(collect(select_attempts(kOfEvent), add_attempt));
    return collect(select_decisions(kOfEvent), add_decision);
}

Result<void> collect_tail(Database& database, const Tail& tail, model::EventRef event, Facts& facts) {
    TRY(Statement attempts, database.prepare(select_attempts("row = ?")));
    TRY(Statement decisions, database.prepare(select_decisions("row = ?")));
    const std::size_t size = tail.size();
    for (std::size_t row = 0; row < size; ++row) {
        const TailEntry& entry = tail[row];
        if (entry.kind == RowKind::event || entry.event_row != event.row || entry.event_segment != event.segment) {
            continue;
        }
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

Result<std::vector<ports::DeliveryOutcome>> find_outcomes(ReadSession& session, const ports::EventRecord& event) {
    Folds folds;
    const auto segments = session.segments();
    for (const SegmentPtr& segment : *segments) {
        if (segment->number < event.ref.segment) continue;
        Facts facts;
        TRY(Database * database, session.connection(*segment));
        if (segment->sealed()) TRY_VOID(collect_sealed(*database, event.ref, facts));
        else TRY_VOID(collect_tail(*database, *segment->tail, event.ref, facts));
        for (const auto& [row, apply] : facts) apply(folds);
    }
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
