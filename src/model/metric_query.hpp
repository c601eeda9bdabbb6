// What metrics can be asked, in the contract's words (api.md §13.1, storage.md §8.5).
#pragma once

#include "base/id.hpp"
#include "model/metric_buckets.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace outpost::model {

/// What is counted: events by event time, or attempts by attempt time.
enum class MetricKind { events, attempts };

enum class MetricDimension {
    tenant_id,
    topic,
    destination_id,
    destination_type,
    status,
    code,
    manual,
    attempt_number,
};
std::string_view to_string(MetricDimension dimension);
/// nullopt when this kind has no such dimension.
std::optional<MetricDimension> find_dimension(MetricKind kind, std::string_view name);

enum class MetricMeasure {
    count,
    rate,
    successful_count,
    failed_count,
    error_rate,
    first_attempt_count,
    retry_count,
    manual_retry_count,
    avg_attempt_number,
    successful_rate,
    failed_rate,
};
std::string_view to_string(MetricMeasure measure);
std::optional<MetricMeasure> find_measure(MetricKind kind, std::string_view name);

/// An empty list means no restriction; values of one list are OR-ed, lists are AND-ed.
struct MetricFilters {
    std::vector<TenantId> tenants;
    std::vector<DestinationId> destinations;  ///< of events: any matched one
    std::vector<std::string> topics;
    std::vector<std::string> destination_types;  ///< this and all below: attempts only
    std::vector<std::string> statuses;           ///< compared as text: an unknown one matches nothing
    std::vector<std::string> codes;
    std::vector<bool> manual;
    std::vector<std::int64_t> attempt_numbers;
};

struct MetricQuery {
    MetricKind kind = MetricKind::events;
    TimeWindow window;  ///< not empty
    std::optional<Granularity> granularity;
    std::vector<MetricDimension> dimensions;  ///< each at most once, of this kind
    MetricFilters filters;

    bool has_dimension(MetricDimension dimension) const {
        return std::ranges::find(dimensions, dimension) != dimensions.end();
    }
};

}  // namespace outpost::model
