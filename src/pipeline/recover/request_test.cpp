#include "pipeline/recover/request.hpp"

#include <gtest/gtest.h>

namespace outpost::pipeline {
namespace {

RecoverRequest whole() {
    return {.type = "recover",
            .tenant = TenantId("t1"),
            .destination = DestinationId("d\"1"),
            .mode = RecoverMode::missing,
            .since = from_unix_ms(1'704'067'200'123),
            .until = from_unix_ms(1'704'067'300'000),
            .topics = {"user.created", "ü"},
            .codes = {"500", "timeout"},
            .listed = {},
            .pace_per_second = 7};
}

Result<RecoverRequest> again(const RecoverRequest& request) {
    return read_request(request.type, request.tenant, to_parameters(request), to_work(request));
}

TEST(RecoverRequest, IsReadBackAsItWas) {
    EXPECT_EQ(*again(whole()), whole());
    RecoverRequest listed = whole();
    listed.type = "bulk_retry";
    listed.destination = DestinationId();
    listed.mode = RecoverMode::listed;
    listed.topics.clear();
    listed.codes.clear();
    listed.listed = {{EventId("e1"), DestinationId("d1")}, {EventId("e\\2"), DestinationId("d2")}};
    EXPECT_EQ(*again(listed), listed);
}

TEST(RecoverRequest, KeepsABoundBeforeAllTimes) {
    RecoverRequest early = whole();
    early.since = parse_date_or_time_bound("0001-01-01").value();
    EXPECT_EQ(*again(early), early);
}

TEST(RecoverRequest, ShowsTheLengthOfItsListOnly) {
    RecoverRequest listed = whole();
    listed.mode = RecoverMode::listed;
    listed.listed = {{EventId("e1"), DestinationId("d1")}};
    const std::string parameters = to_parameters(listed);
    EXPECT_NE(parameters.find(R"("deliveries":1)"), std::string::npos) << parameters;
    EXPECT_EQ(parameters.find("e1"), std::string::npos) << parameters;
}

TEST(RecoverRequest, IsRefusedWhenItIsDamaged) {
    for (const char* parameters :
         {"{}", "[]", R"({"mode":"failed"})",
          R"({"mode":"all","since":"2024-01-01T00:00:00Z","until":"2024-01-01T00:00:00Z","pace_per_second":1})",
          R"({"mode":"failed","since":"then","until":"2024-01-01T00:00:00Z","pace_per_second":1})",
          R"({"mode":"failed","since":"2024-01-01T00:00:00Z","until":"2024-01-01T00:00:00Z","pace_per_second":-1})"}) {
        const auto read = read_request("recover", TenantId("t1"), parameters, "");
        ASSERT_FALSE(read.has_value()) << parameters;
        EXPECT_EQ(read.error().code(), Errc::corrupt) << parameters;
    }
    EXPECT_FALSE(read_request("bulk_retry", TenantId("t1"), to_parameters(whole()), "[1,2]").has_value());
    EXPECT_FALSE(read_request("bulk_retry", TenantId("t1"), to_parameters(whole()), "[").has_value());
}

}  // namespace
}  // namespace outpost::pipeline
