#include "destinations/aws_eventbridge/testing/bus_far_end.hpp"

namespace outpost::ports::conformance {

INSTANTIATE_TEST_SUITE_P(AwsEventBridge, DestinationTypeSuite,
                         testing::Values(FarEndKind{"Fake",
                                                    [] { return std::make_unique<aws_eventbridge::BusFarEnd>(); }}),
                         FarEndName{});

}  // namespace outpost::ports::conformance
