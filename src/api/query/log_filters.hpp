// Filters of event and attempt lists beyond those of the reference, with the answers to wrong ones (portal.md §15a N5).
#pragma once

#include "api/query/list_query.hpp"
#include "model/log_conditions.hpp"
#include "ports/delivery_outcome.hpp"

#include <optional>
#include <vector>

namespace outpost::api {

/// `code`, `code_class`, `manual`, `attempt_number[gte|gt|lte|lt]`. Wrong values: 422, as those of a date.
Parsed<model::AttemptConditions> parse_attempt_conditions(const Query& query);

struct EventFilters {
    model::EventConditions conditions;                         ///< `q`, `data[<path>]`
    std::vector<std::optional<ports::OutcomeState>> outcomes;  ///< `outcome`; none: pending
};
Parsed<EventFilters> parse_event_filters(const Query& query);

}  // namespace outpost::api
