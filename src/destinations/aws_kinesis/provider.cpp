#include "destinations/aws_kinesis/provider.hpp"

#include "destinations/aws/account.hpp"
#include "destinations/aws_kinesis/publisher.hpp"

namespace outpost::aws_kinesis {

extern constinit const model::DestinationTypeFiles kFiles;

KinesisProvider::KinesisProvider(const ports::ProviderContext& context) : Provider(context, kFiles, {"endpoint"}) {}

std::expected<void, ports::Rejection> KinesisProvider::preprocess(model::Destination& destination,
                                                                  const ports::PreprocessContext& context) const {
    (void)context;
    ports::Rejection rejection;
    for (auto& [field, rule] : model::check_fields(type(), destination.config, destination.credentials))
        rejection.problems.push_back({std::move(field), std::move(rule)});
    if (!rejection.problems.empty()) return std::unexpected(std::move(rejection));
    return validate(destination);
}

ports::Target KinesisProvider::target(const model::Destination& destination) const {
    return {.text = fmt::format("{} in {}", aws::value_of(destination.config, "stream_name"),
                                aws::value_of(destination.config, "region")),
            .url = {}};
}

std::optional<ports::FieldProblem> KinesisProvider::check(const model::Destination& destination) const {
    return aws::check_endpoint(destination);
}

Result<std::unique_ptr<ports::Publisher>> KinesisProvider::make_publisher(
    std::shared_ptr<const model::StoredDestination> destination) const {
    StreamConfig config = parse_config(destination->destination);
    return std::make_unique<KinesisPublisher>(context(), std::move(destination), std::move(config));
}

std::unique_ptr<ports::DestinationProvider> make_provider(const ports::ProviderContext& context) {
    return std::make_unique<KinesisProvider>(context);
}

}  // namespace outpost::aws_kinesis
