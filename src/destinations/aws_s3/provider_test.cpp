#include "destinations/aws_s3/provider.hpp"

#include "destinations/aws/testing/deliveries.hpp"
#include "destinations/aws_s3/testing/bucket_far_end.hpp"

#include <gtest/gtest.h>

namespace outpost::aws_s3 {
namespace {

class S3Rules : public aws::Deliveries<BucketFarEnd> {};

TEST_F(S3Rules, AreThoseOfTheContract) {  // destinations.md §7, §13.6
    EXPECT_EQ(verdict({}), "ok");
    EXPECT_EQ(verdict({{"bucket", ""}}), "config.bucket required");
    EXPECT_EQ(verdict({{"region", "x"}}), "config.region pattern");
    EXPECT_EQ(verdict({{"region", "us-gov-east-1"}}), "ok");  // decision B17
    EXPECT_EQ(verdict({{"storage_class", "COLD"}}), "config.storage_class enum");
    EXPECT_EQ(verdict({{"storage_class", "standard_ia"}}), "ok");
    EXPECT_EQ(verdict({{"key_template", "join("}}), "config.key_template pattern");
    EXPECT_EQ(verdict({{"key_template", "join("}, {"storage_class", "COLD"}}), "config.storage_class enum");
    EXPECT_EQ(verdict({{"endpoint", "nonsense"}}), "ok");
    EXPECT_EQ(verdict({{"endpoint", "http://169.254.169.254"}}), "config.endpoint forbidden");
}

TEST_F(S3Rules, DoNotOpenAnEndpointThatIsNoUrl) {
    auto stored = std::make_shared<model::StoredDestination>();
    stored->destination = it.good();
    stored->destination.config["endpoint"] = "nonsense";
    EXPECT_EQ(it.provider().open(stored).error().code(), Errc::invalid);
}

TEST_F(S3Rules, NameTheBucketAsTheTarget) {
    EXPECT_EQ(it.provider().target(it.good()).text, "events in eu-west-1");
    EXPECT_EQ(it.provider().target(it.good()).url,
              "https://s3.console.aws.amazon.com/s3/buckets/events?region=eu-west-1");
}

}  // namespace
}  // namespace outpost::aws_s3
