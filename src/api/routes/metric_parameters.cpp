#include "api/routes/metric_parameters.hpp"

#include "api/envelope/envelope.hpp"

#include <charconv>

namespace outpost::api {
namespace {

std::unexpected<http::ServerResponse> refuse(std::string_view message) {
    return std::unexpected(error_response(400, message));
}

Parsed<TimePoint> parse_time(std::string_view name, std::string_view text) {
    const auto time = parse_time_bound(text);
    if (!time) return refuse(fmt::format("invalid {}: {}", name, time.error().text()));
    return *time;
}

/// Each value once, in the order of the query.
template <class Value>
void add_once(std::vector<Value>& values, Value value) {
    if (std::ranges::find(values, value) == values.end()) values.push_back(value);
}

Parsed<std::vector<model::MetricMeasure>> parse_measures(const Query& query, model::MetricKind kind) {
    std::vector<model::MetricMeasure> measures;
    for (const std::string& name : query.array("measures")) {
        const auto measure = model::find_measure(kind, name);
        if (!measure) return refuse(fmt::format("unknown measure \"{}\"", name));
        add_once(measures, *measure);
    }
    if (measures.empty()) return refuse("at least one measures[] is required");
    return measures;
}

Parsed<std::vector<model::MetricDimension>> parse_dimensions(const Query& query, model::MetricKind kind) {
    std::vector<model::MetricDimension> dimensions;
    for (const std::string& name : query.array("dimensions")) {
        const auto dimension = model::find_dimension(kind, name);
        if (!dimension) return refuse(fmt::format("unknown dimension \"{}\"", name));
        add_once(dimensions, *dimension);
    }
    return dimensions;
}

std::vector<std::string> filter_of(const Query& query, model::MetricDimension dimension) {
    return query.array(fmt::format("filters[{}]", to_string(dimension)));
}

template <class Id>
std::vector<Id> ids_in(std::vector<std::string> values) {
    std::vector<Id> ids;
    for (std::string& value : values) ids.push_back(Id(std::move(value)));
    return ids;
}

Parsed<void> parse_attempt_filters(const Query& query, model::MetricFilters& filters) {
    filters.destination_types = filter_of(query, model::MetricDimension::destination_type);
    filters.statuses = filter_of(query, model::MetricDimension::status);
    filters.codes = filter_of(query, model::MetricDimension::code);
    for (const std::string& text : filter_of(query, model::MetricDimension::manual)) {
        if (text != "true" && text != "false") {
            return refuse(fmt::format("invalid filters[manual] \"{}\": must be true or false", text));
        }
        filters.manual.push_back(text == "true");
    }
    for (const std::string& text : filter_of(query, model::MetricDimension::attempt_number)) {
        std::int64_t number = 0;
        const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
        if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) {
            return refuse(fmt::format("invalid filters[attempt_number] \"{}\": must be an integer", text));
        }
        filters.attempt_numbers.push_back(number);
    }
    return {};
}

}  // namespace

Parsed<MetricParameters> parse_metric_parameters(const Query& query, model::MetricKind kind) {
    MetricParameters parameters;
    model::MetricQuery& asked = parameters.query;
    asked.kind = kind;
    const auto start = query.find_filled("time[start]");
    const auto end = query.find_filled("time[end]");
    if (!start || !end) return refuse("time[start] and time[end] are required");
    TRY(asked.window.start, parse_time("time[start]", *start));
    TRY(asked.window.end, parse_time("time[end]", *end));
    if (const auto text = query.find_filled("granularity")) {
        const auto granularity = model::parse_granularity(*text);
        if (!granularity) return refuse(granularity.error().text());
        asked.granularity = *granularity;
    }
    TRY(parameters.measures, parse_measures(query, kind));
    TRY(asked.dimensions, parse_dimensions(query, kind));
    asked.filters.tenants = ids_in<TenantId>(filter_of(query, model::MetricDimension::tenant_id));
    asked.filters.destinations = ids_in<DestinationId>(filter_of(query, model::MetricDimension::destination_id));
    asked.filters.topics = filter_of(query, model::MetricDimension::topic);
    if (kind == model::MetricKind::attempts) TRY_VOID(parse_attempt_filters(query, asked.filters));
    if (asked.window.start >= asked.window.end) return refuse("invalid time range: start must be before end");
    return parameters;
}

}  // namespace outpost::api
