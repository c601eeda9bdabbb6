#include "model/topics.hpp"

namespace outpost::model {
namespace {

using Topics = std::vector<std::string>;

struct Check {
    Topics topics;
    TopicRules rules;
    bool valid;
};

TEST(CheckTopics, FollowsTheTable) {  // pipeline.md §5, api.md §8.4
    const TopicRules any{};
    const TopicRules any_with_wildcards{{}, true};
    const TopicRules listed{{"user.created", "user.updated", "order.paid"}, false};
    const TopicRules listed_with_wildcards{listed.configured, true};
    const TopicRules star{{"*"}, false};
    const std::vector<Check> table{
        {{}, any, false},
        {{}, listed, false},
        {{"*"}, any, true},
        {{"*"}, listed, true},
        {{"*"}, star, true},
        {{"whatever", ""}, any, true},
        {{"user.*"}, any, false},
        {{"*", "user.created"}, any, false},
        {{"user.*"}, any_with_wildcards, true},
        {{"*", "user.created"}, any_with_wildcards, true},
        {{"user.created"}, listed, true},
        {{"user.created", "order.paid"}, listed, true},
        {{"User.created"}, listed, false},
        {{"user.created "}, listed, false},
        {{"user.deleted"}, listed, false},
        {{"user.created", "user.deleted"}, listed, false},
        {{"user.created", "*"}, listed, false},
        {{"user.created", "*"}, listed_with_wildcards, false},
        {{"user.*"}, listed, false},
        {{"user.*"}, listed_with_wildcards, true},
        {{"*.paid", "user.created"}, listed_with_wildcards, true},
        {{"invoice.*"}, listed_with_wildcards, false},
        {{"user.*", "invoice.*"}, listed_with_wildcards, false},
        {{"**"}, listed_with_wildcards, true},
        {Topics(kTopicsMax, "a"), any, true},
        {Topics(kTopicsMax + 1, "a"), any, false},
    };
    for (const Check& row : table) {
        const auto result = check_topics(row.topics, row.rules);
        EXPECT_EQ(result.has_value(), row.valid) << testing::PrintToString(row.topics);
        if (!result) {
            EXPECT_EQ(result.error().text(), "validation failed: invalid topics");
        }
    }
}

TEST(NormaliseTopics, FollowsTheTable) {
    const std::vector<std::pair<Topics, Topics>> table{
        {{"b", "a", "b"}, {"b", "a"}},
        {{"user.*", "user.created"}, {"user.*"}},
        {{"user.created", "user.*"}, {"user.*"}},
        {{"user.*", "user.a.*", "*.b"}, {"user.*", "*.b"}},
        {{"user.*", "*.created"}, {"user.*", "*.created"}},
        {{"*", "user.created", "x.*"}, {"*"}},
        {{"a*", "a**", "ab"}, {"a*", "a**"}},  // equal patterns: neither is strictly covered
        {{"user.created"}, {"user.created"}},
        {{"", "*x", ""}, {"", "*x"}},
        {{}, {}},
    };
    for (const auto& [given, normal] : table) EXPECT_EQ(normalise_topics(given), normal);
}

struct Match {
    Topics topics;
    std::string topic;
    bool wildcards;
    bool matches;
};

TEST(TopicsMatch, FollowsTheTable) {
    const std::vector<Match> table{
        {{"a"}, "", false, true},
        {{"a"}, "*", false, true},
        {{"*"}, "anything", false, true},
        {{"a", "b"}, "b", false, true},
        {{"a", "b"}, "B", false, false},
        {{"a"}, "ab", false, false},
        {{"user.*"}, "user.created", true, true},
        {{"user.*"}, "user.created", false, false},  // decision B22
        {{"user.*"}, "user.*", false, true},         // literally equal
        {{"user.*"}, "user.", true, true},
        {{"user.*"}, "user.a.b", true, true},
        {{"user.*"}, "user", true, false},
        {{"*.created"}, "user.created", true, true},
        {{"order.*.completed"}, "order.payment.completed", true, true},
        {{"order.*.completed"}, "order.payment.failed", true, false},
        {{"*", "a"}, "b", true, true},
        {{"*", "a"}, "b", false, false},
        {{"a.b"}, "axb", true, false},
        {{}, "a", true, false},
    };
    for (const Match& row : table) {
        EXPECT_EQ(topics_match(row.topics, row.topic, row.wildcards), row.matches)
            << testing::PrintToString(row.topics) << " " << row.topic;
    }
}

struct Glob {
    std::string_view pattern, text;
    bool matches;
};

TEST(Glob, StarStandsForAnyRunAndAllElseForItself) {
    const std::vector<Glob> table{
        {"", "", true},
        {"", "a", false},
        {"*", "", true},
        {"*", "abc", true},
        {"**", "", true},
        {"a*", "a", true},
        {"a*", "ba", false},
        {"*a", "ba", true},
        {"*a", "ab", false},
        {"a*b", "ab", true},
        {"a*b", "a", false},
        {"a*a", "a", false},
        {"a*a", "aa", true},
        {"a*b*c", "abc", true},
        {"a*b*c", "aXbYc", true},
        {"a*b*c", "acb", false},
        {"*b*", "abc", true},
        {"*b*", "ac", false},
        {"a?c", "abc", false},
        {"a?c", "a?c", true},
        {"[a]", "a", false},
        {"\\*", "*", false},
        {"\\*", "\\x", true},
        {"*ab*ab*", "abab", true},
        {"*ab*ab*", "aba", false},
        {"ab*ba", "aba", false},
        {"a**b", "ab", true},
        {"A*", "a", false},
        {"*aab", "aaab", true},
        {"*\xC3\xBC", "gr\xC3\xBC", true},
    };
    for (const Glob& row : table)
        EXPECT_EQ(glob_matches(row.pattern, row.text), row.matches) << row.pattern << " " << row.text;
}

TEST(Glob, IsLinear) {  // hard case T-72: with backtracking this would take days
    std::string pattern;
    for (int i = 0; i < 1000; ++i) pattern += "*a";
    EXPECT_FALSE(glob_matches(pattern + "b", std::string(200'000, 'a')));
    EXPECT_TRUE(glob_matches(pattern, std::string(200'000, 'a')));
}

TEST(UnionOfTopics, IsSortedAndStarSwallowsAll) {  // api.md §7.1, storage.md §15.2
    const std::vector<Topics> some{{"user.deleted"}, {"user.created", "user.updated"}, {"user.created"}, {"a.*"}};
    EXPECT_EQ(union_of_topics(some), (Topics{"a.*", "user.created", "user.deleted", "user.updated"}));
    const std::vector<Topics> with_star{{"user.created"}, {"*"}};
    EXPECT_EQ(union_of_topics(with_star), Topics{"*"});
    EXPECT_EQ(union_of_topics(std::span<const Topics>()), Topics{});
}

}  // namespace
}  // namespace outpost::model
