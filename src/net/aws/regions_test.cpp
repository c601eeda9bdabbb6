#include "net/aws/regions.hpp"

#include <gtest/gtest.h>

namespace outpost::aws {
namespace {

TEST(Regions, FindTheHostOfAServiceInEveryPartition) {  // decision B17
    EXPECT_EQ(host_of("kinesis", "eu-west-1"), "kinesis.eu-west-1.amazonaws.com");
    EXPECT_EQ(host_of("kinesis", "us-gov-west-1"), "kinesis.us-gov-west-1.amazonaws.com");
    EXPECT_EQ(host_of("events", "cn-north-1"), "events.cn-north-1.amazonaws.com.cn");
    EXPECT_EQ(host_of("sqs", "us-iso-east-1"), "sqs.us-iso-east-1.c2s.ic.gov");
    EXPECT_EQ(host_of("sqs", "us-isob-east-1"), "sqs.us-isob-east-1.sc2s.sgov.gov");
}

TEST(Regions, ReadTheRegionOutOfEveryFormOfQueueHost) {  // destinations.md §5
    EXPECT_EQ(region_of_queue_host("sqs.us-east-1.amazonaws.com"), "us-east-1");
    EXPECT_EQ(region_of_queue_host("sqs.cn-north-1.amazonaws.com.cn"), "cn-north-1");
    EXPECT_EQ(region_of_queue_host("sqs-fips.us-gov-west-1.amazonaws.com"), "us-gov-west-1");
    EXPECT_EQ(region_of_queue_host("eu-west-3.queue.amazonaws.com"), "eu-west-3");
    EXPECT_EQ(region_of_queue_host("queue.amazonaws.com"), "us-east-1");
    EXPECT_EQ(region_of_queue_host("vpce-0a1b-c2d3.sqs.us-west-2.vpce.amazonaws.com"), "us-west-2");
    EXPECT_EQ(region_of_queue_host("sqs.eu-central-1.api.aws"), "eu-central-1");
    EXPECT_EQ(region_of_queue_host("sqs.us-iso-east-1.c2s.ic.gov"), "us-iso-east-1");
}

TEST(Regions, KnowNothingOfHostsThatAreNotOfAws) {
    for (const char* host : {"127.0.0.1", "localhost", "sqs.us-east-1.example.com", "sqs.us-east-1.notamazonaws.com",
                             "amazonaws.com", "amazonaws.com.example.com", ""})
        EXPECT_EQ(region_of_queue_host(host), std::nullopt) << host;
}

}  // namespace
}  // namespace outpost::aws
