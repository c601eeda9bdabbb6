#include "destinations/webhook/custom_headers.hpp"

namespace outpost::webhook {
namespace {

using Problems = std::vector<ports::FieldProblem>;

auto parse(std::string text) {
    return parse_custom_headers({{"custom_headers", std::move(text)}});
}

TEST(CustomHeaders, MayBeMissing) {
    EXPECT_TRUE(parse_custom_headers({})->empty());
    for (const auto* none : {"", "{}", "null"}) EXPECT_TRUE(parse(none)->empty()) << none;
}

TEST(CustomHeaders, AreAnObjectOfStrings) {
    const model::StringMap expected = {{"Authorization", "Bearer x"}, {"x-a_b", "1"}};
    EXPECT_EQ(*parse(R"({"x-a_b":"1","Authorization":"Bearer x"})"), expected);
    for (const auto* wrong : {"[]", "1", "{", R"({"a":1})", R"({"a":{}})"})
        EXPECT_EQ(parse(wrong).error(), (Problems{{"config.custom_headers", "invalid"}})) << wrong;
}

// destinations.md §2.3
TEST(CustomHeaders, ReportAllProblemsSortedByName) {
    const auto parsed = parse(R"({"b c":"x","Content-Type":"x","ok":"x","User-agent":"","empty":"","none":null})");
    const Problems expected = {{"config.custom_headers.Content-Type", "forbidden"},
                               {"config.custom_headers.User-agent", "forbidden"},
                               {"config.custom_headers.b c", "pattern"},
                               {"config.custom_headers.empty", "required"},
                               {"config.custom_headers.none", "required"}};
    EXPECT_EQ(parsed.error(), expected);
}

TEST(CustomHeaders, MayHoldControlCharactersWhichThenFailAtDelivery) {
    EXPECT_TRUE(parse(R"({"a":"x\r\ny"})").has_value());
}

}  // namespace
}  // namespace outpost::webhook
