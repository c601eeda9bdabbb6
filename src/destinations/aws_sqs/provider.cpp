#include "destinations/aws_sqs/provider.hpp"

#include "destinations/aws/account.hpp"
#include "destinations/aws_sqs/publisher.hpp"

namespace outpost::aws_sqs {

extern constinit const model::DestinationTypeFiles kFiles;

SqsProvider::SqsProvider(const ports::ProviderContext& context)
    : Provider(context, kFiles, {"queue_url", "endpoint"}) {}

ports::Target SqsProvider::target(const model::Destination& destination) const {
    const std::string& queue_url = aws::value_of(destination.config, "queue_url");
    return {.text = queue_url, .url = console_url(queue_url)};
}

std::optional<ports::FieldProblem> SqsProvider::check(const model::Destination& destination) const {
    return aws::check_endpoint(destination);
}

Result<std::unique_ptr<ports::Publisher>> SqsProvider::make_publisher(
    std::shared_ptr<const model::StoredDestination> destination) const {
    auto config = parse_config(destination->destination);
    if (!config) return fail(Errc::invalid, "the queue URL can't be parsed");
    return std::make_unique<SqsPublisher>(context(), std::move(destination), *std::move(config));
}

std::unique_ptr<ports::DestinationProvider> make_provider(const ports::ProviderContext& context) {
    return std::make_unique<SqsProvider>(context);
}

}  // namespace outpost::aws_sqs
