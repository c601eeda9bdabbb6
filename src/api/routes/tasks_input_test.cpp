#include "api/routes/tasks_input.hpp"

#include <gtest/gtest.h>

namespace outpost::api {
namespace {

using pipeline::RecoverMode;

const TimePoint kNow = from_unix_ms(1'704'067'200'000);  // 2024-01-01

std::string refusal_of(const manage::Granted<RecoverCommand>& parsed) {
    if (parsed) return "granted";
    return parsed.error().details.empty() ? parsed.error().message : parsed.error().details.front();
}

TEST(RecoverInput, HasDefaults) {
    const auto command = parse_recover(R"({"since":"2023-12-31"})", kNow);
    ASSERT_TRUE(command.has_value());
    EXPECT_EQ(command->request.type, "recover");
    EXPECT_EQ(command->request.mode, RecoverMode::failed);
    EXPECT_EQ(command->request.since, kNow - 24h);
    EXPECT_EQ(command->request.until, kNow);
    EXPECT_EQ(command->request.pace_per_second, pipeline::kPaceDefault);
    EXPECT_FALSE(command->dry_run);
}

TEST(RecoverInput, TakesEverything) {
    const auto command = parse_recover(R"({"since":"2023-12-30T00:00:00Z","until":"2023-12-31T00:00:00.5Z",
        "mode":"never_succeeded","topics":["a","b"],"codes":["500"],"pace_per_second":1000,"dry_run":true,"more":1})",
                                       kNow);
    ASSERT_TRUE(command.has_value());
    EXPECT_EQ(command->request.mode, RecoverMode::never_succeeded);
    EXPECT_EQ(command->request.until, kNow - 24h + 500ms);
    EXPECT_EQ(command->request.topics, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(command->request.codes, std::vector<std::string>{"500"});
    EXPECT_EQ(command->request.pace_per_second, 1000U);
    EXPECT_TRUE(command->dry_run);
}

TEST(RecoverInput, NamesTheWrongMember) {
    std::string many = R"({"since":"2023-12-31","topics":[)";
    for (std::size_t i = 0; i < kRecoverNamesMax; ++i) many += R"("a",)";
    const std::pair<std::string, std::string> rows[] = {
        {"", "invalid JSON"},
        {"[]", "invalid JSON"},
        {"{}", "since is required"},
        {R"({"since":5})", "since must be a string"},
        {R"({"since":"then"})", "since must be a date or a time (RFC 3339)"},
        {R"({"since":"2023-12-31","until":"x"})", "until must be a date or a time (RFC 3339)"},
        {R"({"since":"2024-01-01"})", "since must be before until"},
        {R"({"since":"2023-12-31","mode":"all"})", "mode must be one of: [failed, never_succeeded, missing]"},
        {R"({"since":"2023-12-31","mode":"listed"})", "mode must be one of: [failed, never_succeeded, missing]"},
        {R"({"since":"2023-12-31","mode":1})", "mode must be a string"},
        {R"({"since":"2023-12-31","mode":"missing","codes":["500"]})", "codes is forbidden"},
        {R"({"since":"2023-12-31","topics":"a"})", "topics must be an array of strings"},
        {R"({"since":"2023-12-31","codes":[500]})", "codes must be an array of strings"},
        {many + R"("a"]})", "topics must have at most 100 values"},
        {R"({"since":"2023-12-31","pace_per_second":0})", "pace_per_second must be an integer between 1 and 1000"},
        {R"({"since":"2023-12-31","pace_per_second":1001})", "pace_per_second must be an integer between 1 and 1000"},
        {R"({"since":"2023-12-31","pace_per_second":1.5})", "pace_per_second must be an integer between 1 and 1000"},
        {R"({"since":"2023-12-31","pace_per_second":"5"})", "pace_per_second must be an integer between 1 and 1000"},
        {R"({"since":"2023-12-31","dry_run":"yes"})", "dry_run must be true or false"},
    };
    for (const auto& [body, refusal] : rows) EXPECT_EQ(refusal_of(parse_recover(body, kNow)), refusal) << body;
}

TEST(BulkRetryInput, TakesAList) {
    const auto command = parse_bulk_retry(
        R"({"tenant_id":"t1","deliveries":[{"event_id":"e1","destination_id":"d1"}],"pace_per_second":7})",
        std::nullopt, kNow);
    ASSERT_TRUE(command.has_value());
    EXPECT_EQ(command->request.type, "bulk_retry");
    EXPECT_EQ(command->request.tenant.value, "t1");
    EXPECT_EQ(command->request.mode, RecoverMode::listed);
    ASSERT_EQ(command->request.listed.size(), 1U);
    EXPECT_EQ(command->request.listed[0], (pipeline::ListedDelivery{EventId("e1"), DestinationId("d1")}));
    EXPECT_EQ(command->request.pace_per_second, 7U);
}

TEST(BulkRetryInput, TakesAFilter) {
    const auto command = parse_bulk_retry(
        R"({"filter":{"destination_id":"d1","since":"2023-12-31","codes":["503"],"status":"failed"},"dry_run":true})",
        TenantId("own"), kNow);
    ASSERT_TRUE(command.has_value());
    EXPECT_EQ(command->request.tenant.value, "own");
    EXPECT_EQ(command->request.mode, RecoverMode::failed);
    EXPECT_EQ(command->request.destination.value, "d1");
    EXPECT_EQ(command->request.codes, std::vector<std::string>{"503"});
    EXPECT_TRUE(command->dry_run);
    const auto all = parse_bulk_retry(R"({"filter":{"since":"2023-12-31"}})", TenantId("own"), kNow);
    ASSERT_TRUE(all.has_value());
    EXPECT_TRUE(all->request.destination.empty());
}

TEST(BulkRetryInput, NamesTheWrongMember) {
    std::string many = R"({"tenant_id":"t","deliveries":[)";
    for (std::size_t i = 0; i < pipeline::kListedDeliveriesMax; ++i) {
        many += R"({"event_id":"e","destination_id":"d"},)";
    }
    const std::pair<std::string, std::string> rows[] = {
        {"x", "invalid JSON"},
        {R"({"filter":{"since":"2023-12-31"}})", "tenant_id is required"},
        {R"({"tenant_id":1})", "tenant_id must be a string"},
        {R"({"tenant_id":"t"})", "deliveries is required"},
        {R"({"tenant_id":"t","deliveries":[],"filter":{}})", "filter is forbidden"},
        {R"({"tenant_id":"t","deliveries":{}})", "deliveries must be an array"},
        {R"({"tenant_id":"t","deliveries":[]})", "deliveries must have 1 to 1000 values"},
        {many + R"({"event_id":"e","destination_id":"d"}]})", "deliveries must have 1 to 1000 values"},
        {R"({"tenant_id":"t","deliveries":[{"event_id":"e"}]})", "deliveries[0].destination_id is required"},
        {R"({"tenant_id":"t","deliveries":[{"event_id":"","destination_id":"d"}]})",
         "deliveries[0].event_id is required"},
        {R"({"tenant_id":"t","deliveries":["e"]})", "deliveries[0].event_id is required"},
        {R"({"tenant_id":"t","filter":5})", "filter must be an object"},
        {R"({"tenant_id":"t","filter":{}})", "filter.since is required"},
        {R"({"tenant_id":"t","filter":{"since":"2023-12-31","status":"success"}})", "filter.status must be 'failed'"},
        {R"({"tenant_id":"t","filter":{"since":"2023-12-31","topics":1}})",
         "filter.topics must be an array of strings"},
    };
    for (const auto& [body, refusal] : rows) {
        EXPECT_EQ(refusal_of(parse_bulk_retry(body, std::nullopt, kNow)), refusal) << body.substr(0, 200);
    }
    EXPECT_EQ(parse_bulk_retry(R"({"tenant_id":"other"})", TenantId("own"), kNow).error().kind,
              manage::RefusalKind::denied);
}

}  // namespace
}  // namespace outpost::api
