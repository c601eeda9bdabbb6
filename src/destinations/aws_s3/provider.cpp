#include "destinations/aws_s3/provider.hpp"

#include "destinations/aws/account.hpp"
#include "destinations/aws_s3/publisher.hpp"

namespace outpost::aws_s3 {

extern constinit const model::DestinationTypeFiles kFiles;

S3Provider::S3Provider(const ports::ProviderContext& context) : Provider(context, kFiles, {"endpoint"}) {}

ports::Target S3Provider::target(const model::Destination& destination) const {
    const std::string& bucket = aws::value_of(destination.config, "bucket");
    const std::string& region = aws::value_of(destination.config, "region");
    return {.text = fmt::format("{} in {}", bucket, region),
            .url = fmt::format("https://s3.console.aws.amazon.com/s3/buckets/{}?region={}", bucket, region)};
}

std::optional<ports::FieldProblem> S3Provider::check(const model::Destination& destination) const {
    if (!storage_class(aws::value_of(destination.config, "storage_class")))
        return ports::FieldProblem{"config.storage_class", "enum"};
    const std::string& key = aws::value_of(destination.config, "key_template");
    if (!key.empty() && !model::JmesPath::parse(key)) return ports::FieldProblem{"config.key_template", "pattern"};
    return std::nullopt;
}

Result<std::unique_ptr<ports::Publisher>> S3Provider::make_publisher(
    std::shared_ptr<const model::StoredDestination> destination) const {
    auto config = parse_config(destination->destination);
    if (!config) return fail(Errc::invalid, "the endpoint can't be parsed");
    return std::make_unique<S3Publisher>(context(), std::move(destination), *std::move(config));
}

std::unique_ptr<ports::DestinationProvider> make_provider(const ports::ProviderContext& context) {
    return std::make_unique<S3Provider>(context);
}

}  // namespace outpost::aws_s3
