#include "net/aws/service_error.hpp"

#include <gtest/gtest.h>

namespace outpost::aws {
namespace {

ServiceError decoded(int status, std::string body, http::Headers headers = {}) {
    http::ClientResponse response;
    response.status = status;
    response.body = std::move(body);
    response.headers = std::move(headers);
    return decode_error(response);
}

TEST(ServiceErrors, AreReadFromJson) {
    EXPECT_EQ(decoded(400, R"({"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"no such queue"})",
                      {{"x-amzn-requestid", "r-1"}}),
              (ServiceError{400, "QueueDoesNotExist", "no such queue", "r-1"}));
    EXPECT_EQ(decoded(400, R"({"__type":"ResourceNotFoundException","Message":"none"})").message, "none");
    EXPECT_EQ(decoded(403, R"({"message":"m"})", {{"X-Amzn-ErrorType", "AccessDenied:http://internal/"}}).code,
              "AccessDenied");
}

TEST(ServiceErrors, AreReadFromXml) {
    EXPECT_EQ(decoded(404,
                      "<?xml version=\"1.0\"?>\n<Error><Code>NoSuchBucket</Code><Message>a &lt;b&gt; &amp;amp;"
                      "</Message><RequestId>R2</RequestId></Error>"),
              (ServiceError{404, "NoSuchBucket", "a <b> &amp;", "R2"}));
    EXPECT_EQ(decoded(403,
                      "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code></Error>"
                      "</ErrorResponse>")
                  .code,
              "InvalidClientTokenId");
}

TEST(ServiceErrors, AreEmptyWhereNothingCanBeRead) {
    for (const char* body : {"", "{", "<", "<Code>", "[]", "null", "oops", R"({"__type":7,"message":{}})"})
        EXPECT_EQ(decoded(500, body), (ServiceError{500, "", "", ""})) << body;
}

TEST(ServiceErrors, KeepOneLineOfTheMessageBecauseTheOthersMayQuoteTheRequest) {
    const auto error =
        decoded(403, R"({"__type":"InvalidSignatureException","message":"no\nx-amz-security-token:SECRET"})");
    EXPECT_EQ(error.message, "no");
    EXPECT_EQ(decoded(400, R"({"message":")" + std::string(5000, 'x') + "\"}").message.size(), kErrorTextBytesMax);
}

TEST(ServiceErrors, AreUtf8WhateverCame) {
    EXPECT_EQ(decoded(400, "<Error><Code>\xff</Code></Error>").code, "\xEF\xBF\xBD");
}

TEST(Remedies, WaitForThrottlingAndTrouble) {
    for (const char* code : {"ThrottlingException", "ProvisionedThroughputExceededException", "SlowDown",
                             "RequestThrottled", "KMSThrottlingException"})
        EXPECT_EQ(remedy_for({.status = 400, .code = code}, std::nullopt), Remedy::wait) << code;
    for (const int status : {429, 500, 502, 503, 504})
        EXPECT_EQ(remedy_for({.status = status}, std::nullopt), Remedy::wait) << status;
    for (const char* code :
         {"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId"})  // keys are not ours to renew
        EXPECT_EQ(remedy_for({.status = 403, .code = code}, 2s), Remedy::none) << code;
    for (const int status : {301, 400, 403, 404, 413, 501})
        EXPECT_EQ(remedy_for({.status = status, .code = "AccessDenied"}, std::nullopt), Remedy::none) << status;
}

TEST(Remedies, CorrectTheTimeOnlyWhereTheClockIsToBlame) {
    const ServiceError skewed{.status = 403, .code = "RequestTimeTooSkewed"};
    EXPECT_EQ(remedy_for(skewed, 20min), Remedy::correct_time);
    EXPECT_EQ(remedy_for(skewed, std::nullopt), Remedy::none);
    const ServiceError unsure{.status = 403, .code = "SignatureDoesNotMatch"};
    EXPECT_EQ(remedy_for(unsure, -20min), Remedy::correct_time);
    EXPECT_EQ(remedy_for(unsure, 2s), Remedy::none);
}

TEST(HttpDates, AreReadInTheirOneForm) {
    EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), from_unix_ms(784'111'777'000));
    EXPECT_EQ(parse_http_date("Sat, 01 Jun 2024 08:23:36 GMT"), from_unix_ms(1'717'230'216'000));
    for (const char* text :
         {"", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 ovD 1994 08:49:37 GMT",
          "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, -6 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT"})
        EXPECT_EQ(parse_http_date(text), std::nullopt) << text;
}

}  // namespace
}  // namespace outpost::aws
