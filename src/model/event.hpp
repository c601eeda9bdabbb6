// What a platform published (api.md §11.1).
#pragma once

#include "base/bytes.hpp"
#include "base/id.hpp"
#include "base/time.hpp"
#include "model/string_map.hpp"

#include <compare>
#include <cstdint>
#include <memory>

namespace outpost::model {

struct Event {
    EventId id;
    TenantId tenant_id;
    std::string topic;  ///< may be empty when no topics are configured
    TimePoint time;     ///< chosen by the publisher, or when it was received
    TimePoint received;
    bool eligible_for_retry = true;
    StringMap metadata;
    Bytes data;  ///< the JSON object exactly as it was published (decision B1)
};

using EventPtr = std::shared_ptr<const Event>;  // shared: fans out to all its deliveries

/// Where the ledger keeps an event. Opaque to all but the ledger; ordered by arrival.
struct EventRef {
    std::uint32_t segment = 0;
    std::uint32_t row = 0;

    auto operator<=>(const EventRef&) const = default;
};

}  // namespace outpost::model
