// One event for one destination. At most one is open at a time (design.md §2).
#pragma once

#include "model/attempt.hpp"
#include "model/destination.hpp"
#include "model/event.hpp"

namespace outpost::model {

struct DeliveryKey {
    EventRef event;
    DestinationKey destination;

    auto operator<=>(const DeliveryKey&) const = default;
};

/// An open delivery that is due now.
struct Delivery {
    DeliveryKey key;
    EventPtr event;
    std::uint32_t attempts_settled = 0;  ///< the next attempt's number is one more
    bool manual = false;                 ///< a person asked for the next attempt
    TraceWish trace = TraceWish::none;   ///< what the publisher is to tell of the next attempt
};

}  // namespace outpost::model

template <>
struct std::hash<outpost::model::DeliveryKey> {
    std::size_t operator()(const outpost::model::DeliveryKey& key) const {
        const std::uint64_t event = static_cast<std::uint64_t>(key.event.segment) << 32 | key.event.row;
        const std::uint64_t destination =
            static_cast<std::uint64_t>(key.destination.destination) << 32 | key.destination.incarnation;
        return event * 0x9E3779B97F4A7C15ull ^ (destination + 0x632BE59BD9B4E019ull) * 0xD6E8FEB86659FD93ull;
    }
};
