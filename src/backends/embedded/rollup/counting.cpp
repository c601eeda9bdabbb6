#include "backends/embedded/rollup/counting.hpp"

#include <set>

namespace outpost::embedded {
namespace {

using model::MetricDimension;

template <class Values, class Value>
bool allows(const Values& values, const Value& value) {
    return values.empty() || std::ranges::find(values, value) != values.end();
}

Result<void> resolve_ids(Names& names, const model::MetricFilters& wanted, MetricFilter& filter) {
    std::vector<std::uint32_t> tenants;
    for (const TenantId& id : wanted.tenants) {
        TRY(const auto number, names.tenant_number(id));
        if (number) tenants.push_back(*number);
    }
    filter.tenants.assign(tenants.begin(), tenants.end());
    if (!wanted.tenants.empty() && filter.tenants.empty()) filter.matches_nothing = true;
    const std::set<DestinationId> ids(wanted.destinations.begin(), wanted.destinations.end());
    for (const DestinationId& id : ids) {
        TRY(const auto numbers, names.destination_numbers(id, tenants));
        filter.destinations.insert(filter.destinations.end(), numbers.begin(), numbers.end());
    }
    if (!ids.empty() && filter.destinations.empty()) filter.matches_nothing = true;
    filter.one_destination = ids.size() == 1;  // an id is one destination in each tenant
    return {};
}

Result<model::MetricValue> value_of(Names& names, const Cell& cell, MetricDimension dimension) {
    switch (dimension) {
        case MetricDimension::tenant_id: {
            TRY(TenantId tenant, names.tenant(cell.tenant));
            return std::move(tenant.value);
        }
        case MetricDimension::destination_id: {
            TRY(DestinationId destination, names.destination(cell.destination));
            return std::move(destination.value);
        }
        case MetricDimension::topic: return cell.topic;
        case MetricDimension::destination_type: return cell.type;
        case MetricDimension::status: return std::string(cell.success ? "success" : "failed");
        case MetricDimension::code: return cell.code;
        case MetricDimension::manual: return cell.manual;
        case MetricDimension::attempt_number: return std::int64_t{cell.number};
    }
    return fail(Errc::internal, "an unknown dimension");
}

}  // namespace

Result<MetricFilter> resolve(Names& names, const model::MetricQuery& query) {
    const model::MetricFilters& wanted = query.filters;
    MetricFilter filter;
    TRY_VOID(resolve_ids(names, wanted, filter));
    filter.topics = wanted.topics;
    if (query.kind == model::MetricKind::events) return filter;
    filter.types = wanted.destination_types;
    filter.codes = wanted.codes;
    filter.numbers = wanted.attempt_numbers;
    const bool success = allows(wanted.statuses, "success");
    const bool failed = allows(wanted.statuses, "failed");
    if (!success && !failed) filter.matches_nothing = true;
    if (success != failed) filter.success = success;
    const bool manual = allows(wanted.manual, true);
    if (manual != allows(wanted.manual, false)) filter.manual = manual;
    return filter;
}

bool Counting::needs_texts() const {
    return !filter_.topics.empty() || !filter_.types.empty() || !filter_.codes.empty() ||
           query_.has_dimension(MetricDimension::topic) || query_.has_dimension(MetricDimension::destination_type) ||
           query_.has_dimension(MetricDimension::code);
}

bool Counting::cells_suffice() const {
    if (!of_events() || filter_.destinations.empty()) return true;
    return filter_.one_destination && !per_destination();
}

bool Counting::wants_cell_of(std::uint32_t destination) const {
    if (!of_events()) return true;
    if (!filter_.destinations.empty()) return allows(filter_.destinations, std::int64_t{destination});
    return (destination != 0) == per_destination();
}

bool Counting::passes(const Cell& rows) const {
    return allows(filter_.tenants, std::int64_t{rows.tenant}) && allows(filter_.topics, rows.topic) &&
           (of_events() ||
            (allows(filter_.destinations, std::int64_t{rows.destination}) && allows(filter_.types, rows.type) &&
             allows(filter_.codes, rows.code) && (!filter_.success || *filter_.success == rows.success) &&
             (!filter_.manual || *filter_.manual == rows.manual) &&
             allows(filter_.numbers, std::int64_t{rows.number})));
}

Cell Counting::group_of(std::int64_t time_ms, const Cell& rows) const {
    Cell group;
    if (query_.granularity) group.start = unix_ms(model::bucket_of(*query_.granularity, from_unix_ms(time_ms)));
    for (const MetricDimension dimension : query_.dimensions) {
        switch (dimension) {
            case MetricDimension::tenant_id: group.tenant = rows.tenant; break;
            case MetricDimension::destination_id: group.destination = rows.destination; break;
            case MetricDimension::topic: group.topic = rows.topic; break;
            case MetricDimension::destination_type: group.type = rows.type; break;
            case MetricDimension::status: group.success = rows.success; break;
            case MetricDimension::code: group.code = rows.code; break;
            case MetricDimension::manual: group.manual = rows.manual; break;
            case MetricDimension::attempt_number: group.number = rows.number; break;
        }
    }
    return group;
}

Result<void> Counting::count_up(std::int64_t time_ms, const Cell& rows, std::uint64_t count) {
    groups_[group_of(time_ms, rows)] +=
        of_events() ? model::MetricTally{.count = count}
                    : model::tally_of({.success = rows.success, .manual = rows.manual, .number = rows.number}, count);
    if (groups_.size() > kCountedGroupsMax) return fail(Errc::limited, "too many groups");
    return {};
}

Result<void> Counting::add(std::int64_t time_ms, const Cell& rows, std::uint64_t count) {
    return passes(rows) ? count_up(time_ms, rows, count) : Result<void>();
}

Result<void> Counting::add_event(std::int64_t time_ms, Cell event, std::span<const std::uint32_t> matched) {
    if (!passes(event)) return {};
    if (!filter_.destinations.empty() && std::ranges::find_first_of(matched, filter_.destinations) == matched.end()) {
        return {};
    }
    if (!per_destination()) return count_up(time_ms, event, 1);
    for (const std::uint32_t destination : matched) {
        event.destination = destination;
        TRY_VOID(count_up(time_ms, event, 1));
    }
    return {};
}

Result<model::MetricGroups> Counting::finish(Names& names) {
    model::MetricGrouping grouping;  // brings together destinations of one id in several tenants
    for (const auto& [cell, tally] : groups_) {
        model::MetricKey key;
        if (query_.granularity) key.bucket = from_unix_ms(cell.start);
        for (const MetricDimension dimension : query_.dimensions) {
            TRY(model::MetricValue value, value_of(names, cell, dimension));
            key.values.push_back(std::move(value));
        }
        grouping.add(std::move(key), tally);
    }
    groups_.clear();
    return std::move(grouping).finish();
}

}  // namespace outpost::embedded
