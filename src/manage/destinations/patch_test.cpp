#include "manage/destinations/patch.hpp"

#include "manage/fakes/fake_type.hpp"

namespace outpost::manage {
namespace {

const TimePoint kNow = from_unix_ms(1'704'067'200'000);

struct PatchTest : testing::Test {
    PatchTest() {
        stored.id = DestinationId("d1");
        stored.tenant_id = TenantId("t1");
        stored.type = "webhook";
        stored.topics = {"user.created"};
        stored.filter = R"({"data":{"x":1}})";
        stored.config = {{"url", "https://e.com"}, {"region", "eu"}};
        stored.credentials = {{"secret", "whsec_old"}};
        stored.metadata = {{"a", "1"}};
        stored.created_at = stored.updated_at = kNow - 1h;
    }
    Granted<model::Destination> patch(std::string body, ports::Role role = ports::Role::admin) {
        auto request = PatchRequest::parse(std::move(body));
        if (!request) return std::unexpected(request.error());
        return apply_patch(*request, stored, role, kNow, catalog, rules);
    }
    std::string refusal(std::string body, ports::Role role = ports::Role::admin) {
        const auto patched = patch(std::move(body), role);
        if (patched) return "ok";
        std::string text = patched.error().message;
        for (const std::string& line : patched.error().details) text += "|" + line;
        return text;
    }

    fakes::FakeType type{"webhook"};
    Catalog catalog{{&type}};
    DestinationRules rules{{{"user.created", "user.updated"}, false}, 20};
    model::Destination stored;
};

// Case 88: `{}` changes only the time.
TEST_F(PatchTest, MovesUpdatedAtEvenWithoutAChange) {
    model::Destination expected = stored;
    expected.updated_at = kNow;
    EXPECT_EQ(*patch("{}"), expected);
    EXPECT_EQ(*patch(R"({"config":{},"metadata":{},"topics":null,"id":"x","created_at":"2020-01-01T00:00:00Z"})"),
              expected);
    EXPECT_EQ(type.seen().preprocessed, 2u);
    EXPECT_EQ(type.seen().validated, 0u);
}

// Cases 76–80, 82.
TEST_F(PatchTest, MergesMapsAndReplacesTheRest) {
    EXPECT_EQ(patch(R"({"metadata":{"b":2,"a":null}})")->metadata, (model::StringMap{{"b", "2"}}));
    EXPECT_TRUE(patch(R"({"metadata":null})")->metadata.empty());
    EXPECT_EQ(patch(R"({"delivery_metadata":{"k":{"b":1,"a":2}}})")->delivery_metadata.at("k"), R"({"a":2,"b":1})");
    EXPECT_EQ(patch(R"({"filter":{"data":{"y":1}}})")->filter, R"({"data":{"y":1}})");
    EXPECT_EQ(patch(R"({"filter":{}})")->filter, "");
    EXPECT_EQ(patch(R"({"filter":null})")->filter, "");
    EXPECT_EQ(patch(R"({"topics":["user.updated","user.updated"]})")->topics, std::vector<std::string>{"user.updated"});
    EXPECT_EQ(patch(R"({"config":{"region":"us","extra":true}})")->config,
              (model::StringMap{{"extra", "true"}, {"region", "us"}, {"url", "https://e.com"}}));
}

TEST_F(PatchTest, EnablesAndDisablesByTimestamp) {
    EXPECT_EQ(patch(R"({"disabled_at":"2023-12-31T00:00:00Z"})")->disabled_at, kNow - 24h);
    stored.disabled_at = kNow - 2h;
    EXPECT_EQ(patch("{}")->disabled_at, kNow - 2h);
    EXPECT_EQ(patch(R"({"disabled_at":null})")->disabled_at, std::nullopt);
}

// api.md §8.9 check order: each body breaks its own rule and later ones.
TEST_F(PatchTest, ReportsTheFirstBrokenRule) {
    struct Case {
        std::string_view body, expected;
    };
    constexpr Case kCases[] = {
        {"", "invalid JSON"},
        {"[]", "invalid JSON"},
        {R"({"topics":[],"type":"aws_sqs"})", "validation failed: invalid topics"},
        {R"({"topics":"x","type":"aws_sqs"})", "validation failed: invalid topics format"},
        {R"({"type":"aws_sqs","config":[]})", "type cannot be updated"},
        {R"({"type":"webhook","config":[]})", "invalid JSON"},
        {R"({"credentials":"x","filter":1})", "invalid JSON"},
        {R"({"filter":1,"disabled_at":"x"})", "invalid JSON"},
        {R"({"disabled_at":1,"config":{"url":null}})",
         "invalid disabled_at: Time.UnmarshalJSON: input is not a JSON string"},
        {R"({"disabled_at":"2030-01-01T00:00:00Z","config":{"url":null}})", "disabled_at cannot be in the future"},
        {R"({"config":{"url":null}})", "validation error|config.url is required"},
        {R"({"config":null})", "validation error|config.url is required"},
        {R"({"config":{"url":"https://refused"}})", "validation error|config.url failed invalid validation"},
    };
    for (const Case& it : kCases) EXPECT_EQ(refusal(std::string(it.body)), it.expected) << it.body;
}

// Cases 83, 84: preprocessing sees the role, what was stored and what was sent; it runs before validation.
TEST_F(PatchTest, TellsPreprocessingWhoSentWhat) {
    EXPECT_EQ(refusal(R"({"credentials":{"secret":"x"},"config":{"url":null}})", ports::Role::tenant),
              "validation error|credentials.secret is forbidden");
    const auto rotated = patch(R"({"credentials":{"rotate_secret":true,"key":null}})", ports::Role::tenant);
    ASSERT_TRUE(rotated.has_value());
    EXPECT_EQ(type.seen().role, ports::Role::tenant);
    EXPECT_EQ(type.seen().sent_credentials, (model::StringMap{{"rotate_secret", "true"}}));
    EXPECT_TRUE(type.seen().had_stored);
    EXPECT_FALSE(rotated->credentials.contains("rotate_secret"));
}

}  // namespace
}  // namespace outpost::manage
