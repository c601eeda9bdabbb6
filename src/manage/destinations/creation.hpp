// A request to create a destination, and what it becomes (api.md §8.3). All pure.
#pragma once

#include "manage/destinations/rules.hpp"

namespace outpost::manage {

/// The body of POST …/destinations after its syntax was checked.
struct Creation {
    DestinationId id;  ///< empty: to be generated
    std::string type;
    std::vector<std::string> topics;
    std::optional<std::string> filter;  ///< JSON text as sent
    model::StringMap config;
    model::StringMap credentials;
    model::StringMap delivery_metadata;
    model::StringMap metadata;
    std::optional<TimePoint> created_at;
    std::optional<TimePoint> updated_at;
    std::optional<TimePoint> disabled_at;
};

/// JSON, member kinds, required members.
Granted<Creation> parse_creation(std::string_view body);

/// Who creates, for whom, when.
struct CreationContext {
    TenantId tenant;
    ports::Role role = ports::Role::admin;
    TimePoint now;
};

/// The destination to be stored. Checks in the order of api.md §8.3: role of import timestamps, future timestamps,
/// topics, filter, type, provider validation, provider preprocessing. The id may still be empty.
Granted<model::Destination> build_destination(Creation creation, const CreationContext& context, const Catalog& catalog,
                                              const DestinationRules& rules);

}  // namespace outpost::manage
