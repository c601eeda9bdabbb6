// The body of a publish request, over HTTP or from a queue alike (pipeline.md §4.1, api.md §9).
#pragma once

#include "base/bytes.hpp"
#include "base/id.hpp"
#include "base/time.hpp"
#include "model/string_map.hpp"

#include <expected>
#include <optional>
#include <string>
#include <vector>

namespace outpost::pipeline {

/// What a publisher asks for. Syntax and topic have been checked; nothing has been looked up.
struct Publication {
    EventId id;  ///< empty: to be generated
    TenantId tenant_id;
    DestinationId destination_id;  ///< empty: every destination that matches
    std::string topic;
    bool eligible_for_retry = true;
    std::optional<TimePoint> time;  ///< none: now
    model::StringMap metadata;
    Bytes data;  ///< slice of the body, byte for byte (decision B1)
};

/// Why it was refused: the envelope's message, and its data when there are details (api.md §3.2–3.4).
struct PublicationRejection {
    std::string message;
    std::vector<std::string> data;

    bool operator==(const PublicationRejection&) const = default;
};

/// Pure. Checks in the order of api.md §9: JSON, required members, `data` an object, topic. Member names match in any
/// case, the last duplicate wins, `null` equals absent for optional members (api.md §1, §9). Nesting over 128 and
/// invalid UTF-8 are "invalid JSON"; lone surrogates pass in `data` and metadata, not in ids and topic (decision A3).
/// @param topics  the configured ones; empty = any topic, also none
std::expected<Publication, PublicationRejection> parse_publication(const Bytes& body,
                                                                   const std::vector<std::string>& topics);

}  // namespace outpost::pipeline
