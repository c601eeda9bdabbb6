#include "ports/fakes/memory_log.hpp"

#include "ports/fakes/hop.hpp"
#include "ports/fakes/paging.hpp"

namespace outpost::ports::fakes {
namespace {

template <class T>
bool allows(const std::vector<T>& wanted, const T& value) {
    return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
}

bool allows_any(const std::vector<DestinationId>& wanted, const std::vector<DestinationId>& values) {
    return wanted.empty() || std::ranges::find_first_of(wanted, values) != wanted.end();
}

bool matches(const EventQuery& query, const EventRecord& record) {
    return allows(query.tenants, record.event->tenant_id) && allows(query.ids, record.event->id) &&
           allows_any(query.destinations, record.matched_destination_ids) &&
           allows(query.topics, record.event->topic) && query.time.contains(record.event->time) &&
           query.conditions.fit(record.event->id.value, record.event->topic, record.event->data.view());
}

model::RowCount count_of(std::size_t rows) {
    return {.rows = std::min<std::uint64_t>(rows, model::kRowsCountedMax), .exact = rows <= model::kRowsCountedMax};
}

bool matches(const AttemptQuery& query, const AttemptRecord& record) {
    return allows(query.tenants, record.tenant_id) && allows(query.events, record.event_id) &&
           allows(query.destinations, record.destination_id) &&
           allows(query.destination_types, record.attempt.destination_type) && allows(query.topics, record.topic) &&
           (!query.status || *query.status == to_string(record.attempt.status)) &&
           query.time.contains(record.attempt.time) &&
           query.conditions.fit(record.attempt.status, record.attempt.code, record.attempt.manual,
                                record.attempt.number);
}

}  // namespace

EventRecord MemoryLog::record_of(model::EventRef ref, const MemoryEvent& event) const {
    EventRecord record{.event = event.event, .ref = ref, .matched = event.destinations};
    for (const model::DestinationKey& key : event.destinations)
        record.matched_destination_ids.push_back(names_.destination_id(key));
    return record;
}

AttemptRecord MemoryLog::record_of(const MemoryAttempt& attempt, bool with_event) const {
    AttemptRecord record{.attempt = attempt.attempt,
                         .event_ref = attempt.key.event,
                         .destination_id = names_.destination_id(attempt.key.destination),
                         .next_due = attempt.next_due};
    const MemoryEvent* event = truth_.find_event(attempt.key.event);
    if (event == nullptr) return record;  // the log is late: its event comes
    record.tenant_id = event->event->tenant_id;
    record.event_id = event->event->id;
    record.topic = event->event->topic;
    if (with_event) record.event = event->event;
    return record;
}

Task<Result<EventRecord>> MemoryLog::find_event(std::optional<TenantId> tenant, EventId id, Deadline deadline) {
    if (deadline.passed(clock_)) co_return fail(Errc::timeout, "the deadline passed");
    co_await hop();
    for (auto row = truth_.events().rbegin(); row != truth_.events().rend(); ++row)
        if (row->second.event->id == id && (!tenant || row->second.event->tenant_id == *tenant))
            co_return record_of(row->first, row->second);
    co_return fail(Errc::not_found, "no such event");
}

std::vector<model::DestinationKey> MemoryLog::destinations_of(const EventRecord& event) const {
    std::vector<model::DestinationKey> keys = event.matched;
    for (const auto& [key, fold] : truth_.outcomes()) {
        const bool listed = std::ranges::find(keys, key.destination) != keys.end();
        if (key.event == event.ref && !listed) keys.push_back(key.destination);
    }
    return keys;
}

bool MemoryLog::has_outcome(const EventQuery& query, const EventRecord& event) const {
    if (query.outcomes.empty()) return true;
    return std::ranges::any_of(destinations_of(event), [&](const model::DestinationKey& key) {
        if (!allows(query.destinations, names_.destination_id(key))) return false;
        const auto fold = truth_.outcomes().find({event.ref, key});
        const auto outcome = fold == truth_.outcomes().end() ? std::nullopt : fold->second.outcome({});
        const std::optional<OutcomeState> state = outcome ? std::optional(outcome->state) : std::nullopt;
        return allows(query.outcomes, state);
    });
}

Task<Result<std::vector<DeliveryOutcome>>> MemoryLog::outcomes(EventRecord event, Deadline deadline) {
    if (deadline.passed(clock_)) co_return fail(Errc::timeout, "the deadline passed");
    co_await hop();
    std::vector<DeliveryOutcome> outcomes;
    for (const model::DestinationKey& key : destinations_of(event)) {
        const auto found = truth_.outcomes().find({event.ref, key});
        if (found == truth_.outcomes().end()) continue;
        if (auto outcome = found->second.outcome(names_.destination_id(key))) outcomes.push_back(std::move(*outcome));
    }
    co_return outcomes;
}

Task<Result<AttemptRecord>> MemoryLog::find_attempt(std::optional<TenantId> tenant, AttemptId id, bool with_event,
                                                    Deadline deadline) {
    if (deadline.passed(clock_)) co_return fail(Errc::timeout, "the deadline passed");
    co_await hop();
    for (const MemoryAttempt& attempt : truth_.attempts()) {
        if (attempt.attempt.id != id) continue;
        AttemptRecord record = record_of(attempt, with_event);
        if (!tenant || record.tenant_id == *tenant) co_return record;
    }
    co_return fail(Errc::not_found, "no such attempt");
}

Task<Result<EventPage>> MemoryLog::list_events(EventQuery query, Deadline deadline) {
    if (deadline.passed(clock_)) co_return fail(Errc::timeout, "the deadline passed");
    co_await hop();
    std::vector<EventRecord> rows;
    for (const auto& [ref, event] : truth_.events()) {
        EventRecord record = record_of(ref, event);
        if (matches(query, record) && has_outcome(query, record)) rows.push_back(std::move(record));
    }
    std::optional<model::RowCount> count;
    if (query.with_count) count = count_of(rows.size());
    auto [events, links] = take_page(std::move(rows), query.page, [](const EventRecord& row) {
        return model::Position{.time = row.event->time, .id = row.event->id.value};
    });
    co_return EventPage{.events = std::move(events), .links = std::move(links), .count = count};
}

Task<Result<AttemptPage>> MemoryLog::list_attempts(AttemptQuery query, Deadline deadline) {
    if (deadline.passed(clock_)) co_return fail(Errc::timeout, "the deadline passed");
    co_await hop();
    std::vector<AttemptRecord> rows;
    for (const MemoryAttempt& attempt : truth_.attempts()) {
        AttemptRecord record = record_of(attempt, query.with_event);
        if (matches(query, record)) rows.push_back(std::move(record));
    }
    std::optional<model::RowCount> count;
    if (query.with_count) count = count_of(rows.size());
    auto [attempts, links] = take_page(std::move(rows), query.page, [](const AttemptRecord& row) {
        return model::Position{.time = row.attempt.time, .id = row.attempt.id.value};
    });
    co_return AttemptPage{.attempts = std::move(attempts), .links = std::move(links), .count = count};
}

}  // namespace outpost::ports::fakes
