#include "base/json.hpp"

namespace outpost {
namespace {

std::string nested(std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
}

TEST(Json, ReadsTheFirstValueOnly) {  // api.md §1
    for (const std::string_view text : {R"({"a":1})", R"(  {"a":1} {"b":2})", R"({"a":1}garbage)"}) {
        const auto value = parse_json(text);
        ASSERT_TRUE(value.has_value()) << text;
        EXPECT_EQ(to_json(*value), R"({"a":1})");
    }
    EXPECT_EQ(to_json(*parse_json("12")), "12");
}

TEST(Json, RefusesWhatIsNotJson) {
    for (const std::string_view text : {"", "  ", "{", "{\"a\":}", "tru", "\"\xFF\"", "\"\\ud800\"", "'a'", "[1,]"}) {
        const auto value = parse_json(text);
        ASSERT_FALSE(value.has_value()) << text;
        EXPECT_EQ(value.error().text(), "invalid JSON");
    }
}

TEST(Json, NestsToTheLimit) {  // decision A3
    EXPECT_TRUE(parse_json(nested(kJsonDepthMax)).has_value());
    EXPECT_FALSE(parse_json(nested(kJsonDepthMax + 1)).has_value());
}

TEST(Json, LastDuplicateWins) {  // api.md §1
    EXPECT_EQ(to_json(*parse_json(R"({"a":1,"b":2,"a":3})")), R"({"a":3,"b":2})");
}

TEST(Json, CanonicalFormSortsKeysAtEveryLevel) {
    const auto value = parse_json(R"({"b":[{"z":1.0,"y":"<"}],"a":null})");
    ASSERT_TRUE(value.has_value());
    EXPECT_EQ(to_json(*value), R"({"b":[{"z":1,"y":"\u003c"}],"a":null})");
    EXPECT_EQ(to_canonical_json(*value), R"({"a":null,"b":[{"y":"\u003c","z":1}]})");
}

}  // namespace
}  // namespace outpost
