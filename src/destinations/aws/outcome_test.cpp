#include "destinations/aws/outcome.hpp"

#include <gtest/gtest.h>

namespace outpost::aws {
namespace {

using net::FailureKind;

TEST(AwsOutcome, IsErrWithTheWordsOfTheService) {  // destinations.md §5
    const auto outcome =
        outcome_of({.service = ServiceError{.status = 403, .code = "AccessDenied"}, .text = "a \"b\""});
    EXPECT_EQ(outcome->code, "ERR");
    EXPECT_EQ(outcome->response_data, R"({"error":"a \"b\""})");
    EXPECT_FALSE(outcome->unreachable);
}

TEST(AwsOutcome, TellsDispatchWhenTheServiceIsOutOfReach) {  // design.md §5
    for (const FailureKind kind : {FailureKind::timeout, FailureKind::connection_refused,
                                   FailureKind::network_unreachable, FailureKind::dns_error}) {
        const auto outcome = outcome_of({.service = std::nullopt, .transport = kind, .text = "t"});
        EXPECT_EQ(outcome->code, "ERR");
        EXPECT_TRUE(outcome->unreachable) << net::to_string(kind);
    }
    EXPECT_FALSE(outcome_of({.service = std::nullopt, .transport = FailureKind::tls_error, .text = "t"})->unreachable);
}

TEST(AwsOutcome, SaysNothingOfAForbiddenAddress) {  // §15.4 rule 13
    const auto outcome = outcome_of({.service = std::nullopt, .transport = FailureKind::blocked_address, .text = "t"});
    EXPECT_EQ(outcome->code, "blocked_address");
    EXPECT_EQ(outcome->response_data, "");
}

TEST(AwsOutcome, IsNoAttemptWhenTheFaultIsOurs) {  // decision B11
    EXPECT_EQ(outcome_of({.service = std::nullopt, .transport = FailureKind::cancelled, .text = ""}).error().code(),
              Errc::cancelled);
    EXPECT_EQ(outcome_of({.service = std::nullopt, .transport = FailureKind::resources, .text = ""}).error().code(),
              Errc::unavailable);
}

TEST(AwsOutcome, NamesAFormattingFailureInTheContractsWords) {  // §1.10
    EXPECT_EQ(formatting_failure().response_data, R"({"error":"could not format event for delivery"})");
}

}  // namespace
}  // namespace outpost::aws
