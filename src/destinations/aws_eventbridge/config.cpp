#include "destinations/aws_eventbridge/config.hpp"

#include "destinations/aws/account.hpp"

namespace outpost::aws_eventbridge {

BusConfig parse_config(const model::Destination& destination) {
    return {.bus = aws::value_of(destination.config, "event_bus_name"),
            .region = aws::value_of(destination.config, "region"),
            .root = aws::regional_root(destination, "events")};
}

std::string_view short_name(std::string_view bus) {
    constexpr std::string_view mark = "event-bus/";
    if (bus.empty()) return "default";
    const auto at = bus.find(mark);
    return bus.starts_with("arn:") && at != std::string_view::npos ? bus.substr(at + mark.size()) : bus;
}

}  // namespace outpost::aws_eventbridge
