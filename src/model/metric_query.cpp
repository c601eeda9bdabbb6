#include "model/metric_query.hpp"

namespace outpost::model {
namespace {

struct Name {
    std::string_view text;
    bool of_events;
};

// In the order of the enumerators.
constexpr Name kDimensions[] = {
    {"tenant_id", true}, {"topic", true}, {"destination_id", true}, {"destination_type", false},
    {"status", false},   {"code", false}, {"manual", false},        {"attempt_number", false},
};
constexpr Name kMeasures[] = {
    {"count", true},
    {"rate", true},
    {"successful_count", false},
    {"failed_count", false},
    {"error_rate", false},
    {"first_attempt_count", false},
    {"retry_count", false},
    {"manual_retry_count", false},
    {"avg_attempt_number", false},
    {"successful_rate", false},
    {"failed_rate", false},
};

template <class Value>
std::optional<Value> find(std::span<const Name> names, MetricKind kind, std::string_view text) {
    const auto found = std::ranges::find(names, text, &Name::text);
    if (found == names.end() || (kind == MetricKind::events && !found->of_events)) return std::nullopt;
    return static_cast<Value>(found - names.begin());
}

}  // namespace

std::string_view to_string(MetricDimension dimension) {
    return kDimensions[static_cast<std::size_t>(dimension)].text;
}

std::optional<MetricDimension> find_dimension(MetricKind kind, std::string_view name) {
    return find<MetricDimension>(kDimensions, kind, name);
}

std::string_view to_string(MetricMeasure measure) {
    return kMeasures[static_cast<std::size_t>(measure)].text;
}

std::optional<MetricMeasure> find_measure(MetricKind kind, std::string_view name) {
    return find<MetricMeasure>(kMeasures, kind, name);
}

}  // namespace outpost::model
