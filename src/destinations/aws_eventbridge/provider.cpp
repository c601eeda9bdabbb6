#include "destinations/aws_eventbridge/provider.hpp"

#include "destinations/aws/account.hpp"
#include "destinations/aws_eventbridge/publisher.hpp"

namespace outpost::aws_eventbridge {

extern constinit const model::DestinationTypeFiles kFiles;

EventBridgeProvider::EventBridgeProvider(const ports::ProviderContext& context)
    : Provider(context, kFiles, {"endpoint"}) {}

ports::Target EventBridgeProvider::target(const model::Destination& destination) const {
    return {.text = fmt::format("{} in {}", short_name(aws::value_of(destination.config, "event_bus_name")),
                                aws::value_of(destination.config, "region")),
            .url = {}};
}

std::optional<ports::FieldProblem> EventBridgeProvider::check(const model::Destination& destination) const {
    if (auto problem = aws::check_endpoint(destination)) return problem;
    const bool has_key = !aws::value_of(destination.credentials, "key").empty();
    const bool has_secret = !aws::value_of(destination.credentials, "secret").empty();
    if (has_key == has_secret) return std::nullopt;
    return ports::FieldProblem{has_key ? "credentials.secret" : "credentials.key", "required"};
}

Result<std::unique_ptr<ports::Publisher>> EventBridgeProvider::make_publisher(
    std::shared_ptr<const model::StoredDestination> destination) const {
    BusConfig config = parse_config(destination->destination);
    return std::make_unique<EventBridgePublisher>(context(), std::move(destination), std::move(config));
}

std::unique_ptr<ports::DestinationProvider> make_provider(const ports::ProviderContext& context) {
    return std::make_unique<EventBridgeProvider>(context);
}

}  // namespace outpost::aws_eventbridge
