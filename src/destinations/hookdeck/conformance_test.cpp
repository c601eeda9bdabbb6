#include "destinations/hookdeck/testing/source_far_end.hpp"

namespace outpost::ports::conformance {

INSTANTIATE_TEST_SUITE_P(Hookdeck, DestinationTypeSuite,
                         testing::Values(FarEndKind{"Fake", [] { return std::make_unique<hookdeck::SourceFarEnd>(); }}),
                         FarEndName{});

}  // namespace outpost::ports::conformance
