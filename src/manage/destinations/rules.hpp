// The checks that creating and patching a destination share (api.md §8.3–8.4, destinations.md §1.5–1.6). All pure.
#pragma once

#include "manage/catalog/catalog.hpp"
#include "manage/refusal/refusal.hpp"
#include "model/topics.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace outpost::manage {

/// What the operator allows.
struct DestinationRules {
    model::TopicRules topics;
    std::size_t per_tenant_max = 20;  ///< MAX_DESTINATIONS_PER_TENANT, disabled ones included
};

/// `"*"` or an array of strings. @return invalid "validation failed: invalid topics format"
Granted<std::vector<std::string>> parse_topics(std::string_view raw);
/// Checks against the configured topics, then drops what another entry covers (api.md §8.4).
Granted<std::vector<std::string>> accept_topics(std::vector<std::string> topics, const model::TopicRules& rules);

/// The filter as it is stored: compact, keys sorted; empty for null, `{}` and no object member at all. An operator that
/// the matcher does not know is refused here, so that a stored filter always means something (decision B21).
Granted<std::string> accept_filter(std::optional<std::string_view> raw);

/// A timestamp member: none when absent. @return invalid with the reference's parse error (api.md §3.4)
Granted<std::optional<TimePoint>> parse_time_member(std::optional<std::string_view> raw);
/// "<name> cannot be in the future"
Granted<void> refuse_future(std::string_view name, std::optional<TimePoint> time, TimePoint now);

/// "no provider registered for destination type: <type>"
Granted<const ports::DestinationProvider*> find_provider(const Catalog& catalog, std::string_view type);
/// The generic rules of the fields, then, if they passed, the type's own (destinations.md §1.5).
Granted<void> validate(const ports::DestinationProvider& provider, const model::Destination& destination);

}  // namespace outpost::manage
