#include "destinations/aws_kinesis/config.hpp"

#include <gtest/gtest.h>

namespace outpost::aws_kinesis {
namespace {

StreamConfig parsed(model::StringMap config) {
    model::Destination destination;
    destination.config = std::move(config);
    return parse_config(destination);
}

TEST(StreamConfigs, CallTheRegionsHostUnlessThereIsAnEndpoint) {  // destinations.md §6
    const StreamConfig config = parsed({{"stream_name", "s"}, {"region", "us-gov-west-1"}});
    EXPECT_EQ(config.root.origin(), "https://kinesis.us-gov-west-1.amazonaws.com:443");
    EXPECT_EQ(config.stream_name, "s");
    EXPECT_EQ(parsed({{"region", "eu-west-1"}, {"endpoint", "http://h:1"}}).root.origin(), "http://h:1");
}

TEST(StreamConfigs, HaveNoTemplateWhereThereIsNoneOrItIsNoExpression) {  // §1.11: silently
    EXPECT_FALSE(parsed({}).partition_key.has_value());
    EXPECT_FALSE(parsed({{"partition_key_template", "data."}}).partition_key.has_value());
    EXPECT_TRUE(parsed({{"partition_key_template", "data.id"}}).partition_key.has_value());
}

}  // namespace
}  // namespace outpost::aws_kinesis
