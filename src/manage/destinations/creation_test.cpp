#include "manage/destinations/creation.hpp"

#include "manage/fakes/fake_type.hpp"

namespace outpost::manage {
namespace {

const TimePoint kNow = from_unix_ms(1'704'067'200'000);  // 2024-01-01T00:00:00Z

struct CreationTest : testing::Test {
    Granted<model::Destination> create(std::string_view body, ports::Role role = ports::Role::admin) {
        auto creation = parse_creation(body);
        if (!creation) return std::unexpected(creation.error());
        return build_destination(std::move(*creation), {TenantId("t1"), role, kNow}, catalog, rules);
    }
    std::string refusal(std::string_view body, ports::Role role = ports::Role::admin) {
        const auto created = create(body, role);
        if (created) return "ok";
        std::string text = created.error().message;
        for (const std::string& line : created.error().details) text += "|" + line;
        return text;
    }

    fakes::FakeType type{"webhook"};
    Catalog catalog{{&type}};
    DestinationRules rules{{{"user.created", "user.updated"}, false}, 20};
};

// Case 51.
TEST_F(CreationTest, FillsWhatWasNotSent) {
    const auto created = create(R"({"type":"webhook","topics":"*","config":{"url":"https://e.com/h","n":1}})");
    ASSERT_TRUE(created.has_value());
    EXPECT_TRUE(created->id.empty());
    EXPECT_EQ(created->tenant_id, TenantId("t1"));
    EXPECT_EQ(created->topics, std::vector<std::string>{"*"});
    EXPECT_EQ(created->filter, "");
    EXPECT_EQ(created->config, (model::StringMap{{"n", "1"}, {"url", "https://e.com/h"}}));
    EXPECT_EQ(created->credentials.at("secret"), "whsec_made");
    EXPECT_EQ(created->created_at, kNow);
    EXPECT_EQ(created->updated_at, kNow);
    EXPECT_EQ(created->disabled_at, std::nullopt);
    EXPECT_FALSE(type.seen().had_stored);
}

// Cases 53–67 and the check order of api.md §8.3: each body breaks its own rule and all later ones.
TEST_F(CreationTest, ReportsTheFirstBrokenRule) {
    struct Case {
        std::string_view body, expected;
        ports::Role role = ports::Role::admin;
    };
    const Case cases[] = {
        {"{bad", "invalid JSON"},
        {"", "invalid JSON"},
        {R"({"type":1})", "invalid JSON"},
        {R"({"config":[]})", "invalid JSON"},
        {R"({"filter":"x"})", "invalid JSON"},
        {R"({"topics":"user.created"})", "validation failed: invalid topics format"},
        {R"({"created_at":"soon"})", R"(parsing time "soon" as "2006-01-02T15:04:05Z07:00": cannot parse "soon")"},
        {R"({"created_at":"2030-01-01T00:00:00Z"})", "validation error|type is required|topics is required"},
        {R"({"type":null,"topics":null})", "validation error|type is required|topics is required"},
        {R"({"type":"smoke","topics":[],"created_at":"2030-01-01T00:00:00Z"})",
         "created_at and updated_at can only be set with API key authentication", ports::Role::tenant},
        {R"({"type":"smoke","topics":[],"created_at":"2030-01-01T00:00:00Z"})", "created_at cannot be in the future"},
        {R"({"type":"smoke","topics":[],"updated_at":"2030-01-01T00:00:00Z"})", "updated_at cannot be in the future"},
        {R"({"type":"smoke","topics":[],"disabled_at":"2030-01-01T00:00:00Z"})", "disabled_at cannot be in the future",
         ports::Role::tenant},
        {R"({"type":"smoke","topics":[],"filter":{"x":{"$odd":1}}})", "validation failed: invalid topics"},
        {R"({"type":"smoke","topics":"*"})", "no provider registered for destination type: smoke"},
        {R"({"type":"webhook","topics":"*","credentials":{"secret":"x"}})", "validation error|config.url is required",
         ports::Role::tenant},
        {R"({"type":"webhook","topics":"*","config":{"url":"https://e.com"},"credentials":{"secret":"x"}})",
         "validation error|credentials.secret is forbidden", ports::Role::tenant},
    };
    for (const Case& it : cases) EXPECT_EQ(refusal(it.body, it.role), it.expected) << it.body;
    EXPECT_TRUE(refusal(R"({"type":"smoke","topics":"*","filter":{"x":{"$odd":1}}})").contains("filter is invalid"));
}

// Cases 66 and 68.
TEST_F(CreationTest, ImportsTimestamps) {
    constexpr std::string_view kBody = R"({"type":"webhook","topics":["user.created"],"config":{"url":"https://e.com"},
        "id":"mine","created_at":"2023-01-01T00:00:00.1239Z","disabled_at":"2023-06-01T00:00:00+02:00"})";
    const auto created = create(kBody);
    ASSERT_TRUE(created.has_value());
    EXPECT_EQ(created->id, DestinationId("mine"));
    EXPECT_EQ(to_rfc3339(created->created_at), "2023-01-01T00:00:00.123Z");  // decision D4
    EXPECT_EQ(created->updated_at, created->created_at);
    EXPECT_EQ(to_rfc3339(*created->disabled_at), "2023-05-31T22:00:00Z");
}

TEST_F(CreationTest, ReadsMemberNamesInAnyCase) {
    EXPECT_EQ(refusal(R"({"TYPE":"webhook","Topics":"*","Config":{"url":"https://e.com"}})"), "ok");
}

}  // namespace
}  // namespace outpost::manage
