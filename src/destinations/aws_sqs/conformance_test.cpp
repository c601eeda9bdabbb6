#include "destinations/aws_sqs/testing/sqs_far_end.hpp"

namespace outpost::ports::conformance {

INSTANTIATE_TEST_SUITE_P(AwsSqs, DestinationTypeSuite,
                         testing::Values(FarEndKind{"Fake", [] { return std::make_unique<aws_sqs::SqsFarEnd>(); }}),
                         FarEndName{});

}  // namespace outpost::ports::conformance
