#include "manage/destinations/listing.hpp"

namespace outpost::manage {
namespace {

using Values = std::vector<std::string>;

// api.md §8.2, cases 74–75.
TEST(IsListed, MatchesAnyTypeAndEveryTopic) {
    struct Case {
        Values topics, types, wanted;
        bool listed;
    };
    const Case cases[] = {
        {{"a"}, {}, {}, true},
        {{"a"}, {"webhook"}, {}, true},
        {{"a"}, {"aws_sqs", "webhook"}, {}, true},
        {{"a"}, {"aws_sqs"}, {}, false},
        {{"a", "b"}, {}, {"a"}, true},
        {{"a", "b"}, {}, {"a", "b"}, true},
        {{"a"}, {}, {"a", "b"}, false},
        {{"*"}, {}, {"a", "b"}, true},
        {{"*"}, {}, {"*"}, true},
        {{"a"}, {}, {"*"}, false},
        {{"user.*"}, {}, {"user.created"}, true},
        {{"user.*"}, {}, {"user.*"}, true},
        {{"user.*"}, {}, {"order.created"}, false},
        {{"*"}, {"aws_sqs"}, {"a"}, false},
    };
    for (const Case& it : cases) {
        model::Destination destination;
        destination.type = "webhook";
        destination.topics = it.topics;
        EXPECT_EQ(is_listed(destination, {it.types, it.wanted}, true), it.listed)
            << it.topics.front() << " wanted " << (it.wanted.empty() ? "-" : it.wanted.front());
    }
}

TEST(IsListed, TakesPatternsLiterallyWhenWildcardsAreOff) {
    model::Destination destination;
    destination.topics = {"user.*"};
    EXPECT_FALSE(is_listed(destination, {{}, {"user.created"}}, false));
    EXPECT_TRUE(is_listed(destination, {{}, {"user.*"}}, false));
}

}  // namespace
}  // namespace outpost::manage
