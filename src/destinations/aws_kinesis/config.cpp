#include "destinations/aws_kinesis/config.hpp"

#include "destinations/aws/account.hpp"

namespace outpost::aws_kinesis {

StreamConfig parse_config(const model::Destination& destination) {
    StreamConfig config{.stream_name = aws::value_of(destination.config, "stream_name"),
                        .region = aws::value_of(destination.config, "region"),
                        .root = aws::regional_root(destination, "kinesis"),
                        .partition_key = std::nullopt};
    const std::string& text = aws::value_of(destination.config, "partition_key_template");
    if (auto expression = model::JmesPath::parse(text); expression && !text.empty())
        config.partition_key = *std::move(expression);
    return config;
}

}  // namespace outpost::aws_kinesis
