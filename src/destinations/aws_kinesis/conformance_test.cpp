#include "destinations/aws_kinesis/testing/stream_far_end.hpp"

namespace outpost::ports::conformance {

INSTANTIATE_TEST_SUITE_P(AwsKinesis, DestinationTypeSuite,
                         testing::Values(FarEndKind{"Fake",
                                                    [] { return std::make_unique<aws_kinesis::StreamFarEnd>(); }}),
                         FarEndName{});

}  // namespace outpost::ports::conformance
