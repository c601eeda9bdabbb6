#include "app/config/value.hpp"

namespace outpost::app {
namespace {

TEST(Integer, IsDecimalOfThirtyTwoBits) {  // config.md §1.4
    const std::map<std::string, std::int64_t> kGood = {{"0", 0},
                                                       {"42", 42},
                                                       {"+7", 7},
                                                       {"-7", -7},
                                                       {"007", 7},
                                                       {"2147483647", 2147483647},
                                                       {"-2147483648", -2147483648}};
    for (const auto& [text, number] : kGood) EXPECT_EQ(parse_integer(text), number) << text;
    for (const char* text : {"", "abc", "1.5", " 1", "1 ", "0x10", "1_000", "+", "-", "+-1", "--1", "2147483648",
                             "99999999999999999999"}) {
        const auto parsed = parse_integer(text);
        ASSERT_FALSE(parsed.has_value()) << text;
        EXPECT_EQ(parsed.error().code(), Errc::corrupt);
    }
    EXPECT_EQ(parse_integer("abc").error().text(), "\"abc\" is not an integer");
    EXPECT_EQ(parse_integer("2147483648").error().text(), "\"2147483648\" does not fit in 32 bits");
}

TEST(Boolean, HasTheWordsOfTheReferenceAndInYamlSomeMore) {  // config.md §1.3, §1.4
    for (const char* text : {"1", "t", "T", "TRUE", "true", "True"})
        EXPECT_EQ(parse_boolean(text, Origin::dotenv), true);
    for (const char* text : {"0", "f", "F", "FALSE", "false", "False"})
        EXPECT_EQ(parse_boolean(text, Origin::environment), false);
    for (const char* text : {"yes", "On"}) {
        EXPECT_EQ(parse_boolean(text, Origin::yaml), true);
        EXPECT_FALSE(parse_boolean(text, Origin::environment).has_value());
    }
    EXPECT_EQ(parse_boolean("off", Origin::yaml), false);
    EXPECT_FALSE(parse_boolean("", Origin::yaml).has_value());
    EXPECT_FALSE(parse_boolean("tRuE", Origin::yaml).has_value());
}

TEST(List, IsSplitAtCommasAndTrimmed) {  // config.md §13: a superset of §1.4
    using Parts = std::vector<std::string>;
    EXPECT_EQ(split_list("a,b"), (Parts{"a", "b"}));
    EXPECT_EQ(split_list(" a , b c ,"), (Parts{"a", "b c"}));
    EXPECT_EQ(split_list(" "), Parts());
    EXPECT_EQ(split_list(""), Parts());
}

TEST(RawValue, IsCalledByItsNameAndLine) {
    EXPECT_EQ((RawValue{.name = "API_PORT"}).label(), "API_PORT");
    EXPECT_EQ((RawValue{.name = "api_port", .origin = Origin::yaml, .line = 3}).label(), "api_port (line 3)");
}

}  // namespace
}  // namespace outpost::app
