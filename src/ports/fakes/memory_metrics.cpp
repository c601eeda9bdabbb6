#include "ports/fakes/memory_metrics.hpp"

#include "ports/fakes/hop.hpp"

namespace outpost::ports::fakes {
namespace {

using model::MetricDimension;

template <class T, class Value>
bool allows(const std::vector<T>& wanted, const Value& value) {
    return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
}

/// One row as metrics see it.
struct Row {
    TenantId tenant;
    DestinationId destination;
    std::string topic;
    TimePoint time;
    model::Attempt attempt;
};

model::MetricValue value_of(const Row& row, MetricDimension dimension) {
    switch (dimension) {
        case MetricDimension::tenant_id: return row.tenant.value;
        case MetricDimension::topic: return row.topic;
        case MetricDimension::destination_id: return row.destination.value;
        case MetricDimension::destination_type: return row.attempt.destination_type;
        case MetricDimension::status: return std::string(to_string(row.attempt.status));
        case MetricDimension::code: return row.attempt.code;
        case MetricDimension::manual: return row.attempt.manual;
        case MetricDimension::attempt_number: return std::int64_t{row.attempt.number};
    }
    return std::string();
}

void add(const Row& row, const model::MetricQuery& query, const model::MetricTally& tally,
         model::MetricGrouping& grouping) {
    model::MetricKey key;
    if (query.granularity) key.bucket = model::bucket_of(*query.granularity, row.time);
    for (const MetricDimension dimension : query.dimensions) key.values.push_back(value_of(row, dimension));
    grouping.add(std::move(key), tally);
}

bool passes(const Row& row, const model::MetricQuery& query) {
    const model::MetricFilters& filters = query.filters;
    return query.window.contains(row.time) && allows(filters.tenants, row.tenant) && allows(filters.topics, row.topic);
}

bool attempt_passes(const Row& row, const model::MetricFilters& filters) {
    return allows(filters.destinations, row.destination) &&
           allows(filters.destination_types, row.attempt.destination_type) &&
           allows(filters.statuses, to_string(row.attempt.status)) && allows(filters.codes, row.attempt.code) &&
           allows(filters.manual, row.attempt.manual) &&
           allows(filters.attempt_numbers, std::int64_t{row.attempt.number});
}

}  // namespace

void MemoryMetrics::count_events(const model::MetricQuery& query, model::MetricGrouping& grouping) const {
    constexpr model::MetricTally kOne{.count = 1};
    for (const auto& [ref, stored] : truth_.events()) {
        const model::Event& event = *stored.event;
        Row row{.tenant = event.tenant_id, .destination = {}, .topic = event.topic, .time = event.time, .attempt = {}};
        if (!passes(row, query)) continue;
        std::vector<DestinationId> matched;
        for (const model::DestinationKey& key : stored.destinations) matched.push_back(names_.destination_id(key));
        const auto& wanted = query.filters.destinations;
        if (!wanted.empty() && std::ranges::find_first_of(matched, wanted) == matched.end()) continue;
        if (!query.has_dimension(MetricDimension::destination_id)) {
            add(row, query, kOne, grouping);
            continue;
        }
        for (DestinationId& destination : matched) {
            row.destination = std::move(destination);
            add(row, query, kOne, grouping);
        }
    }
}

void MemoryMetrics::count_attempts(const model::MetricQuery& query, model::MetricGrouping& grouping) const {
    for (const MemoryAttempt& stored : truth_.attempts()) {
        const MemoryEvent* event = truth_.find_event(stored.key.event);
        Row row{.tenant = {},
                .destination = names_.destination_id(stored.key.destination),
                .topic = {},
                .time = stored.attempt.time,
                .attempt = stored.attempt};
        if (event != nullptr) {  // else the log is late: its event comes
            row.tenant = event->event->tenant_id;
            row.topic = event->event->topic;
        }
        if (!passes(row, query) || !attempt_passes(row, query.filters)) continue;
        add(row, query,
            model::tally_of({.success = row.attempt.status == model::AttemptStatus::success,
                             .manual = row.attempt.manual,
                             .number = row.attempt.number}),
            grouping);
    }
}

Task<Result<model::MetricGroups>> MemoryMetrics::count(model::MetricQuery query, Deadline deadline) {
    if (deadline.passed(clock_)) co_return fail(Errc::timeout, "the deadline passed");
    co_await hop();
    model::MetricGrouping grouping;
    if (query.kind == model::MetricKind::events) count_events(query, grouping);
    else count_attempts(query, grouping);
    co_return std::move(grouping).finish();
}

}  // namespace outpost::ports::fakes
