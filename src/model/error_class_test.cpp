#include "model/error_class.hpp"

#include <gtest/gtest.h>

namespace outpost::model {
namespace {

struct ClassCase {
    std::string_view code;
    ErrorClass expected;
};

class ErrorClassOfFailure : public testing::TestWithParam<ClassCase> {};

// Every code of destinations.md §1.10, those of our own, and what looks like one.
TEST_P(ErrorClassOfFailure, FollowsFromTheCode) {
    EXPECT_EQ(error_class(AttemptStatus::failed, GetParam().code), GetParam().expected) << GetParam().code;
}

INSTANTIATE_TEST_SUITE_P(
    Codes, ErrorClassOfFailure,
    testing::Values(
        ClassCase{"301", ErrorClass::http_3xx}, ClassCase{"400", ErrorClass::http_4xx},
        ClassCase{"404", ErrorClass::http_4xx}, ClassCase{"410", ErrorClass::http_4xx},
        ClassCase{"500", ErrorClass::http_5xx}, ClassCase{"599", ErrorClass::http_5xx},
        ClassCase{"200", ErrorClass::other}, ClassCase{"101", ErrorClass::other}, ClassCase{"600", ErrorClass::other},
        ClassCase{"40", ErrorClass::other}, ClassCase{"4040", ErrorClass::other}, ClassCase{"4x4", ErrorClass::other},
        ClassCase{"timeout", ErrorClass::timeout}, ClassCase{"dns_error", ErrorClass::dns},
        ClassCase{"connection_refused", ErrorClass::connect}, ClassCase{"network_unreachable", ErrorClass::connect},
        ClassCase{"connection_reset", ErrorClass::reset}, ClassCase{"tls_error", ErrorClass::tls},
        ClassCase{"redirect_error", ErrorClass::http_3xx}, ClassCase{"blocked_address", ErrorClass::blocked},
        ClassCase{"protocol_error", ErrorClass::network}, ClassCase{"network_error", ErrorClass::network}));

INSTANTIATE_TEST_SUITE_P(
    BrokerCodes, ErrorClassOfFailure,
    testing::Values(ClassCase{"access_denied", ErrorClass::broker}, ClassCase{"exchange_not_found", ErrorClass::broker},
                    ClassCase{"channel_error", ErrorClass::broker}, ClassCase{"connection_forced", ErrorClass::broker},
                    ClassCase{"auth_failed", ErrorClass::broker}, ClassCase{"rabbitmq_error", ErrorClass::broker},
                    ClassCase{"topic_not_found", ErrorClass::broker},
                    ClassCase{"message_too_large", ErrorClass::broker}, ClassCase{"kafka_error", ErrorClass::broker},
                    ClassCase{"ERR", ErrorClass::other}, ClassCase{"ERROR", ErrorClass::other},
                    ClassCase{"internal_error", ErrorClass::other}, ClassCase{"", ErrorClass::other}));

TEST(ErrorClassOfSuccess, IsSuccessWhateverTheCode) {
    for (const std::string_view code : {"200", "204", "304", "OK", ""})
        EXPECT_EQ(error_class(AttemptStatus::success, code), ErrorClass::success) << code;
}

TEST(ErrorClassNames, AreReadBack) {
    for (const ErrorClass known : kErrorClasses) EXPECT_EQ(parse_error_class(to_string(known)), known);
    EXPECT_EQ(parse_error_class("HTTP_4xx"), std::nullopt);
    EXPECT_EQ(parse_error_class(""), std::nullopt);
}

}  // namespace
}  // namespace outpost::model
