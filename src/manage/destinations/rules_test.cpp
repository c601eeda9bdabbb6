#include "manage/destinations/rules.hpp"

#include "manage/fakes/fake_type.hpp"

namespace outpost::manage {
namespace {

using Topics = std::vector<std::string>;

std::string message(const auto& granted) {
    if (granted.has_value()) return "ok";
    return granted.error().details.empty() ? granted.error().message : granted.error().details.front();
}

// Cases 54–57, api.md §8.4.
TEST(ParseTopics, TakesAStarOrAnArrayOfStrings) {
    EXPECT_EQ(*parse_topics("\"*\""), Topics{"*"});
    EXPECT_EQ(*parse_topics(R"(["a","b,c"])"), (Topics{"a", "b,c"}));
    EXPECT_TRUE(parse_topics("[]")->empty());
    for (std::string_view raw : {"\"user.created\"", "1", "{}", "[1]", R"(["a",null])", "true"}) {
        EXPECT_EQ(message(parse_topics(raw)), "validation failed: invalid topics format") << raw;
    }
}

TEST(AcceptTopics, ChecksAndNormalises) {
    const model::TopicRules plain{{"user.created", "user.updated"}, false};
    const model::TopicRules wild{{"user.created", "user.updated"}, true};
    EXPECT_EQ(*accept_topics({"user.created", "user.created"}, plain), Topics{"user.created"});
    EXPECT_EQ(*accept_topics({"user.*", "user.created", "user.created"}, wild), Topics{"user.*"});
    for (const Topics& wrong : {Topics{}, Topics{"nope"}, Topics{"*", "user.created"}, Topics{"user.*"}}) {
        EXPECT_EQ(message(accept_topics(wrong, plain)), "validation failed: invalid topics");
    }
    EXPECT_EQ(message(accept_topics({"order.*"}, wild)), "validation failed: invalid topics");
}

// Decision B21.
TEST(AcceptFilter, StoresCanonicalTextAndRefusesUnknownOperators) {
    EXPECT_EQ(*accept_filter(std::nullopt), "");
    EXPECT_EQ(*accept_filter("null"), "");
    EXPECT_EQ(*accept_filter("{ }"), "");
    EXPECT_EQ(*accept_filter(R"({ "topic":"x", "data": {"amount":{"$gte":100}} })"),
              R"({"data":{"amount":{"$gte":100}},"topic":"x"})");
    EXPECT_EQ(message(accept_filter("[]")), "invalid JSON");
    const auto refused = accept_filter(R"({"data":{"x":{"$nonsense":1}}})");
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().message, "validation error");
    EXPECT_TRUE(refused.error().details.at(0).starts_with("filter is invalid: "));
}

// api.md §3.4.
TEST(ParseTimeMember, ReportsInTheReferencesWords) {
    EXPECT_EQ(*parse_time_member(std::nullopt), std::nullopt);
    EXPECT_EQ(*parse_time_member("null"), std::nullopt);
    EXPECT_EQ(parse_time_member("\"2024-01-01T00:00:00Z\"")->value(), from_unix_ms(1'704'067'200'000));
    EXPECT_EQ(message(parse_time_member("1")), "Time.UnmarshalJSON: input is not a JSON string");
    EXPECT_TRUE(message(parse_time_member("\"yesterday\"")).starts_with("parsing time \"yesterday\" as"));
    EXPECT_FALSE(parse_time_member("\"2024-01-01\"").has_value());
}

TEST(RefuseFuture, NamesTheMember) {
    const TimePoint now = from_unix_ms(1000);
    EXPECT_EQ(message(refuse_future("disabled_at", now, now)), "ok");
    EXPECT_EQ(message(refuse_future("disabled_at", std::nullopt, now)), "ok");
    EXPECT_EQ(message(refuse_future("disabled_at", now + 1ms, now)), "disabled_at cannot be in the future");
}

// destinations.md §1.5.
TEST(Validate, RunsTheTypesOwnRulesOnlyAfterTheGenericOnes) {
    const fakes::FakeType type("webhook");
    model::Destination destination;
    EXPECT_EQ(message(validate(type, destination)), "config.url is required");
    EXPECT_EQ(type.seen().validated, 0u);
    destination.config = {{"url", "ftp://x"}};
    EXPECT_EQ(message(validate(type, destination)), "config.url failed pattern validation");
    destination.config = {{"url", "https://refused/x"}};
    EXPECT_EQ(message(validate(type, destination)), "config.url failed invalid validation");
    destination.config = {{"url", "https://e.com"}};
    EXPECT_EQ(message(validate(type, destination)), "ok");
}

TEST(Validate, SaysWhichLimitsAnyTypeTakes) {
    const fakes::FakeType type("webhook");
    model::Destination destination;
    const auto lines = [&](std::string timeout, std::string concurrency) {
        destination.config = {{"url", "https://example.com"},
                              {"timeout_seconds", std::move(timeout)},
                              {"max_concurrency", std::move(concurrency)}};
        const auto valid = validate(type, destination);
        return valid ? std::vector<std::string>() : valid.error().details;
    };
    EXPECT_EQ(lines("301", "x"),
              (std::vector<std::string>{"config.timeout_seconds must be a whole number from 1 to 300",
                                        "config.max_concurrency must be a whole number from 1 to 256"}));
    EXPECT_EQ(lines("300", ""), std::vector<std::string>());
}

TEST(FindProvider, NamesTheUnknownType) {
    const Catalog catalog({});
    EXPECT_EQ(message(find_provider(catalog, "smoke")), "no provider registered for destination type: smoke");
}

}  // namespace
}  // namespace outpost::manage
