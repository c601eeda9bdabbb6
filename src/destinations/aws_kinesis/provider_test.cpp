#include "destinations/aws_kinesis/provider.hpp"

#include "destinations/aws/testing/deliveries.hpp"
#include "destinations/aws_kinesis/testing/stream_far_end.hpp"

#include <gtest/gtest.h>

namespace outpost::aws_kinesis {
namespace {

class KinesisRules : public aws::Deliveries<StreamFarEnd> {};

TEST_F(KinesisRules, AreThoseOfTheContract) {  // destinations.md §6
    EXPECT_EQ(verdict({}), "ok");
    EXPECT_EQ(verdict({{"stream_name", ""}}), "config.stream_name required");
    EXPECT_EQ(verdict({{"stream_name", "a b"}}), "config.stream_name pattern");
    EXPECT_EQ(verdict({{"region", ""}}), "config.region required");
    EXPECT_EQ(verdict({{"region", "Europe"}}), "config.region pattern");
    EXPECT_EQ(verdict({{"endpoint", "localhost"}}), "config.endpoint pattern");
    EXPECT_EQ(verdict({{"endpoint", "http://[::1"}}), "config.endpoint pattern");
    EXPECT_EQ(verdict({{"endpoint", "http://169.254.169.254"}}), "config.endpoint forbidden");
    EXPECT_EQ(verdict({{"partition_key_template", "data."}}), "ok");
    EXPECT_EQ(verdict({}, {{"key", ""}}), "credentials.key required");
}

TEST_F(KinesisRules, TakeTheRegionsOfAllPartitions) {  // decision B17
    for (const char* region :
         {"eu-west-1", "us-gov-west-1", "us-iso-east-1", "us-isob-east-1", "cn-north-1", "mx-central-1"})
        EXPECT_EQ(verdict({{"region", region}}), "ok") << region;
}

TEST_F(KinesisRules, AreCheckedBeforeAnyChangeOfAStoredDestination) {  // §1.6 consequence b
    model::Destination stored = it.good();
    EXPECT_TRUE(it.provider().preprocess(stored, {}).has_value());
    stored.config.erase("region");
    const auto refused = it.provider().preprocess(stored, {});
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().problems, (std::vector<ports::FieldProblem>{{"config.region", "required"}}));
}

TEST_F(KinesisRules, NameTheStreamAsTheTarget) {
    EXPECT_EQ(it.provider().target(it.good()).text, "orders in eu-west-1");
    EXPECT_EQ(it.provider().target(it.good()).url, "");
}

}  // namespace
}  // namespace outpost::aws_kinesis
