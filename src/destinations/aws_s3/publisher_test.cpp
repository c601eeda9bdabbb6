#include "destinations/aws_s3/publisher.hpp"

#include "destinations/aws/testing/deliveries.hpp"
#include "destinations/aws_s3/testing/bucket_far_end.hpp"

#include <gtest/gtest.h>

namespace outpost::aws_s3 {
namespace {

class S3Delivery : public aws::Deliveries<BucketFarEnd> {};

TEST_F(S3Delivery, PutsTheObjectOfTheContract) {  // destinations.md §7, §13.4
    const model::Outcome outcome = deliver(it.good());
    EXPECT_EQ(outcome.code, "OK");
    EXPECT_EQ(outcome.response_data, R"({"bucket":"events","key":"2024-06-01T08:23:36Z_evt_123.json"})");
    EXPECT_EQ(request().method, "PUT");
    EXPECT_EQ(request().target, "/events/2024-06-01T08%3A23%3A36Z_evt_123.json");
    EXPECT_EQ(request().body, R"({"order_id":"123","status":"created"})");
    EXPECT_EQ(header("Content-Type"), "application/json");
    EXPECT_EQ(header("x-amz-storage-class"), "STANDARD");
    EXPECT_EQ(header("x-amz-checksum-sha256"), "zq+8tF71tl5sOVl4cMEM0wowEmwgj/FdRW1r6MKRnT8=");
    EXPECT_EQ(header("x-amz-sdk-checksum-algorithm"), "SHA256");
    EXPECT_EQ(header("x-amz-meta-event-id"), "evt_123");
    EXPECT_EQ(header("x-amz-meta-source"), "a<b&c");
    EXPECT_TRUE(header("Authorization").contains("/eu-west-1/s3/aws4_request"));
}

TEST_F(S3Delivery, SendsTheChosenClassUnderTheChosenKey) {
    model::Destination destination = it.good();
    destination.config["storage_class"] = "glacier_ir";
    destination.config["key_template"] = "join('/', ['a b', metadata.topic, '\u00fc+=.json'])";
    EXPECT_EQ(deliver(destination).response_data, "{\"bucket\":\"events\",\"key\":\"a b/orders/\u00fc+=.json\"}");
    EXPECT_EQ(request().target, "/events/a%20b/orders/%C3%BC%2B%3D.json");
    EXPECT_EQ(header("x-amz-storage-class"), "GLACIER_IR");
}

TEST_F(S3Delivery, FailsAsAFormattingFailureWithoutAKey) {  // §1.10
    model::Destination destination = it.good();
    destination.config["key_template"] = "data.missing";
    const model::Outcome outcome = deliver(destination);
    EXPECT_EQ(outcome.code, "ERR");
    EXPECT_EQ(outcome.response_data, R"({"error":"could not format event for delivery"})");
    EXPECT_TRUE(it.wire().service.requests.empty());
}

TEST_F(S3Delivery, LeavesOutMetadataThatNoHeaderCarriesAndOneOfTwoSpellings) {  // decision B18
    event.metadata = {{"bad name", "x"}, {"bad-value", "a\r\nEvil: 1"}, {"Team", "first"}, {"team", "second"}};
    EXPECT_EQ(deliver(it.good()).code, "OK");
    EXPECT_EQ(header("x-amz-meta-bad-value"), "none");
    EXPECT_EQ(header("Evil"), "none");
    EXPECT_EQ(header("x-amz-meta-team"), "first");
}

TEST_F(S3Delivery, RecordsWhatS3Said) {
    EXPECT_EQ(deliver(*it.cause(ports::conformance::Trouble::missing_target)).response_data,
              R"({"error":"operation error S3: PutObject, https response error StatusCode: 404, RequestID: req-1, )"
              R"(NoSuchBucket: The specified bucket does not exist"})");
}

}  // namespace
}  // namespace outpost::aws_s3
