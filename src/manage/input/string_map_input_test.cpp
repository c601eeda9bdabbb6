#include "manage/input/string_map_input.hpp"

namespace outpost::manage {
namespace {

// api.md §5.4, case 29: integers keep their source text, other numbers the shortest form.
TEST(CoerceToString, WritesEveryKindOfValue) {
    struct Case {
        std::string_view raw, stored;
    };
    constexpr Case kCases[] = {
        {R"("as is")", "as is"},
        {R"("q\"\n")", "q\"\n"},
        {"true", "true"},
        {"false", "false"},
        {"null", ""},
        {"42", "42"},
        {"-7", "-7"},
        {"1000000", "1000000"},
        {"12345678901234567890123", "12345678901234567890123"},
        {"3.14", "3.14"},
        {"1.0", "1"},
        {"1e3", "1000"},
        {"0.00001", "1e-05"},
        {"0.0001", "0.0001"},
        {"123456.7", "123456.7"},
        {"1234567.5", "1.2345675e+06"},
        {"-2.5e300", "-2.5e+300"},
        {R"({ "b":1, "a":[true , null] })", R"({"a":[true,null],"b":1})"},
        {"[ ]", "[]"},
        {R"("\ud800")", "\xEF\xBF\xBD"},
        {R"(["\ud800"])", "[\"\xEF\xBF\xBD\"]"},
    };
    for (const Case& it : kCases) EXPECT_EQ(coerce_to_string(it.raw), it.stored) << it.raw;
}

TEST(ParseStringMap, RefusesWhatIsNoObject) {
    EXPECT_EQ(*parse_string_map(R"({"b":2,"a":"x","b":3})"), (model::StringMap{{"a", "x"}, {"b", "3"}}));
    for (std::string_view raw : {"[]", "\"x\"", "1", "true"}) EXPECT_FALSE(parse_string_map(raw).has_value()) << raw;
}

// destinations.md §1.6, the merge rules.
TEST(MapPatch, SetsDeletesClearsOrLeavesAlone) {
    struct Case {
        std::optional<std::string_view> raw;
        model::StringMap result;
        bool changes;
    };
    const model::StringMap stored{{"a", "1"}, {"b", "2"}};
    const Case cases[] = {
        {std::nullopt, stored, false},
        {"{}", stored, false},
        {"null", {}, true},
        {R"({"a":"9"})", {{"a", "9"}, {"b", "2"}}, true},
        {R"({"a":null,"c":3})", {{"b", "2"}, {"c", "3"}}, true},
        {R"({"absent":null})", stored, true},
        {R"({"a":null,"a":"x"})", {{"a", "x"}, {"b", "2"}}, true},
    };
    for (const Case& it : cases) {
        const auto patch = parse_map_patch(it.raw);
        ASSERT_TRUE(patch.has_value());
        EXPECT_EQ(patched(stored, *patch), it.result) << it.raw.value_or("absent");
        EXPECT_EQ(patch->changes_anything(), it.changes) << it.raw.value_or("absent");
    }
    EXPECT_FALSE(parse_map_patch("[1]").has_value());
}

TEST(MapPatch, NamesWhatItSets) {
    EXPECT_EQ(values_set_by(*parse_map_patch(R"({"rotate_secret":true,"secret":null})")),
              (model::StringMap{{"rotate_secret", "true"}}));
}

}  // namespace
}  // namespace outpost::manage
