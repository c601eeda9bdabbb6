#include "api/query/query.hpp"

namespace outpost::api {
namespace {

using Values = std::vector<std::string>;

// api.md §4.1, cases 41, 119, 120.
TEST(QueryArray, ReadsTheThreeSpellings) {
    struct Case {
        std::string_view query;
        Values values;
    };
    const Case cases[] = {
        {"p=a&p=b", {"a", "b"}},
        {"p[]=a&p[]=b", {"a", "b"}},
        {"p[1]=b&p[0]=a&p[9]=c", {"a", "b", "c"}},
        {"p%5B0%5D=a&p%5B%5D=x", {"a"}},
        {"p[]=a&p=b", {"a"}},
        {"p[0]=a&p[]=b&p=c", {"a"}},
        {"p[0]=a&p[0]=b", {"a"}},
        {"p[x]=a&p=b", {"b"}},
        {"p[10]=k&p[9]=j", {"j", "k"}},
        {"p=a,b", {"a,b"}},
        {"p=", {""}},
        {"p", {""}},
        {"q=a", {}},
        {"pp=a&p2[0]=b", {}},
        {"p=a%26b&p=c+d", {"a&b", "c d"}},
        {"p=%zz&p=b", {"b"}},
        {"&&p=a&", {"a"}},
        {"p=a=b", {"a=b"}},
    };
    for (const Case& it : cases) EXPECT_EQ(Query::parse(it.query)->array("p"), it.values) << it.query;
}

TEST(QueryArray, ReadsNestedNames) {
    const auto query = Query::parse("filters[topic]=a&filters[code][]=1&filters[code][]=2&filters[status][0]=x");
    EXPECT_EQ(query->array("filters[topic]"), Values{"a"});
    EXPECT_EQ(query->array("filters[code]"), (Values{"1", "2"}));
    EXPECT_EQ(query->array("filters[status]"), Values{"x"});
}

TEST(Query, FindsTheFirstValue) {
    const auto query = Query::parse("a=1&a=2&b=");
    EXPECT_EQ(query->find("a"), "1");
    EXPECT_EQ(query->find("b"), "");
    EXPECT_EQ(query->find_filled("b"), std::nullopt);
    EXPECT_EQ(query->find("c"), std::nullopt);
}

TEST(Query, IsBounded) {
    std::string text;
    for (std::size_t i = 0; i < kQueryParametersMax; ++i) text += "p=1&";
    EXPECT_TRUE(Query::parse(text).has_value());
    EXPECT_FALSE(Query::parse(text + "p=1").has_value());
}

TEST(Query, FindsWhatStandsInBrackets) {
    const Query query = *Query::parse("data[a]=1&data%5Bb.c%5D=2&data=3&data[]=4&data[x=5&datum[a]=6&data[a]=7");
    const std::vector<std::pair<std::string_view, std::string_view>> expected = {
        {"a", "1"}, {"b.c", "2"}, {"", "4"}, {"a", "7"}};
    EXPECT_EQ(query.bracketed("data"), expected);
}

}  // namespace
}  // namespace outpost::api
