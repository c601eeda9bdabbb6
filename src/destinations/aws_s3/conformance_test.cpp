#include "destinations/aws_s3/testing/bucket_far_end.hpp"

namespace outpost::ports::conformance {

INSTANTIATE_TEST_SUITE_P(AwsS3, DestinationTypeSuite,
                         testing::Values(FarEndKind{"Fake", [] { return std::make_unique<aws_s3::BucketFarEnd>(); }}),
                         FarEndName{});

}  // namespace outpost::ports::conformance
