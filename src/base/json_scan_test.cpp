#include "base/json_scan.hpp"

#include "base/json.hpp"

namespace outpost {
namespace {

struct Valid {
    std::string_view text;
    JsonKind kind;
    std::string_view raw;
};

TEST(JsonScan, FindsTheFirstValue) {
    const std::vector<Valid> table{
        {"null", JsonKind::null, "null"},
        {" \t\r\n true ", JsonKind::boolean, "true"},
        {"false", JsonKind::boolean, "false"},
        {"0", JsonKind::number, "0"},
        {"-0.5e+10,", JsonKind::number, "-0.5e+10"},
        {"1E-7", JsonKind::number, "1E-7"},
        {"1e999", JsonKind::number, "1e999"},
        {"9007199254740993", JsonKind::number, "9007199254740993"},
        {"01", JsonKind::number, "0"},
        {R"("")", JsonKind::string, R"("")"},
        {R"("a\"\\\/\b\f\n\r\t\u00fc\uD83D\ude00")", JsonKind::string, R"("a\"\\\/\b\f\n\r\t\u00fc\uD83D\ude00")"},
        {"\"gr\xC3\xBC\xC3\x9F\x7F\"", JsonKind::string, "\"gr\xC3\xBC\xC3\x9F\x7F\""},
        {"[]", JsonKind::array, "[]"},
        {"[ 1 , [ ] , { } ]", JsonKind::array, "[ 1 , [ ] , { } ]"},
        {"{}", JsonKind::object, "{}"},
        {R"( {"a" : 1 , "a":{"b":[null]}} trailing)", JsonKind::object, R"({"a" : 1 , "a":{"b":[null]}})"},
        {"{}{", JsonKind::object, "{}"},
    };
    for (const Valid& row : table) {
        const auto slice = scan_json(row.text);
        ASSERT_TRUE(slice.has_value()) << row.text;
        EXPECT_EQ(slice->kind, row.kind) << row.text;
        EXPECT_EQ(slice->raw, row.raw);
        EXPECT_FALSE(slice->lone_surrogate) << row.text;
    }
}

TEST(JsonScan, RefusesEveryOtherText) {
    const std::vector<std::string_view> table{
        "",
        " ",
        "nul",
        "truE",
        "+1",
        "-",
        ".5",
        "1.",
        "1e",
        "1e+",
        "1.e5",
        "NaN",
        "'a'",
        "\"",
        "\"a",
        "\"\\",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\u123\"",
        "\"\n\"",
        "\"\x01\"",
        "\"\xFF\"",
        "\"\xC3\"",
        "\"\xC0\x80\"",
        "\"\xED\xA0\x80\"",
        "\"\xF4\x90\x80\x80\"",
        "[",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1}",
        "{",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,",
        "{\"a\":1,}",
        "{,}",
        "{a:1}",
        "{1:1}",
        "{\"a\" 1}",
        "{\"a\":1]",
        "{\"a\":1 \"b\":2}",
        "]",
        "}",
        ":",
        "\xEF\xBB\xBF{}",
        "/**/1",
        "{\"a\xFF\":1}",
    };
    for (const std::string_view text : table) EXPECT_EQ(scan_json(text), std::nullopt) << text;
    EXPECT_EQ(scan_json(std::string_view("\"\0\"", 3)), std::nullopt);
    EXPECT_EQ(scan_json(std::string_view("\"\\\0\"", 4)), std::nullopt);
}

TEST(JsonScan, SeesASpecialByteAtEveryPlaceOfALongString) {  // blocks of sixteen
    for (std::size_t at = 0; at < 40; ++at) {
        std::string text(40, 'x');
        text.replace(at, 1, "\\n");
        EXPECT_TRUE(scan_json('"' + text + '"').has_value()) << at;
        text.replace(at, 2, "\xFF ");
        EXPECT_FALSE(scan_json('"' + text + '"').has_value()) << at;
        text.replace(at, 2, "\x1F ");
        EXPECT_FALSE(scan_json('"' + text + '"').has_value()) << at;
        text.replace(at, 2, "\" ");
        EXPECT_EQ(scan_json('"' + text + '"')->raw.size(), at + 2);
    }
}

TEST(JsonScan, NestsToTheLimit) {  // decision A3
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_TRUE(scan_json(nested(kJsonDepthMax)).has_value());
    EXPECT_FALSE(scan_json(nested(kJsonDepthMax + 1)).has_value());
    EXPECT_FALSE(scan_json(std::string(1'000'000, '[')).has_value());

    const auto walk = [&](std::size_t depth) {
        const std::string text = R"({"data":)" + nested(depth) + "}";
        JsonObjectScan members(text);
        while (members.next()) {
        }
        return members.complete();
    };
    EXPECT_TRUE(walk(kJsonDepthMax - 1));
    EXPECT_FALSE(walk(kJsonDepthMax));
}

TEST(JsonScan, PassesLoneSurrogatesAndSaysSo) {  // decision A3
    for (const std::string_view text : {R"("\ud800")", R"("\uDFFF")", R"("\ud83d\ud83d\ude00")", R"("\ud83dx")",
                                        R"(["\ude00\ud83d"])", R"({"\ud800":1})", R"("\ud800\n")"}) {
        const auto slice = scan_json(text);
        ASSERT_TRUE(slice.has_value()) << text;
        EXPECT_TRUE(slice->lone_surrogate) << text;
    }
}

struct Walked {
    std::string name, raw;
    bool operator==(const Walked&) const = default;
};

std::vector<Walked> walk(JsonObjectScan& members) {
    std::vector<Walked> all;
    while (const auto member = members.next())
        all.push_back({std::string(member->name), std::string(member->value.raw)});
    return all;
}

TEST(JsonObjectScan, GivesTheMembersInOrderWithUnescapedNames) {
    const std::string text = R"( { "id" : "a" ,"d\u0061ta":{ "x": [1, 2] },"id":null, "":-1,"\ud800":0 } rest)";
    JsonObjectScan members(text);
    EXPECT_TRUE(members.is_object());
    const std::vector<Walked> expected{
        {"id", R"("a")"}, {"data", R"({ "x": [1, 2] })"}, {"id", "null"}, {"", "-1"}, {"\xEF\xBF\xBD", "0"}};
    EXPECT_EQ(walk(members), expected);
    EXPECT_TRUE(members.complete());
    EXPECT_EQ(members.next(), std::nullopt);
}

TEST(JsonObjectScan, IsCompleteOnlyAtTheEndOfAValidObject) {
    for (const std::string_view text : {"{", R"({"a")", R"({"a":1)", R"({"a":1,})", R"({"a":1 "b":2})", R"({"a":[1,})",
                                        R"({"a":1,"b":")", R"({a:1})", R"({,})", "{\"a\":\"\xFF\"}"}) {
        JsonObjectScan members(text);
        EXPECT_TRUE(members.is_object());
        walk(members);
        EXPECT_FALSE(members.complete()) << text;
        EXPECT_EQ(members.next(), std::nullopt);
    }
    JsonObjectScan empty("{}");
    EXPECT_EQ(walk(empty).size(), 0U);
    EXPECT_TRUE(empty.complete());
}

TEST(JsonObjectScan, KnowsWhatIsNoObject) {
    for (const std::string_view text : {"", "null", "[]", "\"{}\"", "x"}) {
        JsonObjectScan members(text);
        EXPECT_FALSE(members.is_object());
        EXPECT_EQ(members.next(), std::nullopt);
        EXPECT_FALSE(members.complete());
    }
}

TEST(JsonObjectScan, FlagsTheMemberWithALoneSurrogateOnly) {
    const std::string text = R"({"a":"x","b":["\ud800"],"c":1})";
    JsonObjectScan members(text);
    EXPECT_FALSE(members.next()->value.lone_surrogate);
    EXPECT_TRUE(members.next()->value.lone_surrogate);
    EXPECT_FALSE(members.next()->value.lone_surrogate);
}

TEST(JsonStringText, Unescapes) {
    const std::vector<std::pair<std::string_view, std::string_view>> table{
        {R"("")", ""},
        {R"("plain")", "plain"},
        {R"("\"\\\/\b\f\n\r\t")", "\"\\/\b\f\n\r\t"},
        {R"("a\u00FCb\u20ac")",
         "a\xC3\xBC"
         "b\xE2\x82\xAC"},
        {R"("\uD83D\uDE00!")", "\xF0\x9F\x98\x80!"},
        {R"("\ud800")", "\xEF\xBF\xBD"},
        {R"("\ud800\u0041\udc00")",
         "\xEF\xBF\xBD"
         "A\xEF\xBF\xBD"},
        {R"("\ud83d\ud83d\ude00")", "\xEF\xBF\xBD\xF0\x9F\x98\x80"},
    };
    for (const auto& [raw, text] : table) EXPECT_EQ(json_string_text(raw), text) << raw;
    EXPECT_EQ(json_string_text(R"("\u0000")"), std::string(1, '\0'));
}

TEST(ReplaceLoneSurrogates, TouchesNothingElse) {
    const std::vector<std::pair<std::string_view, std::string_view>> table{
        {R"({"a":"\ud800","\uDC00":1})", R"({"a":"\ufffd","\ufffd":1})"},
        {R"(["\uD83D\uDE00","\\ud800","\n\\"])", R"(["\uD83D\uDE00","\\ud800","\n\\"])"},
        {R"("\ud83d\ud83d\ude00\ud83d")", R"("\ufffd\ud83d\ude00\ufffd")"},
        {"{}", "{}"},
        {"", ""},
    };
    for (const auto& [json, replaced] : table) EXPECT_EQ(replace_lone_surrogates(json), replaced);
}

}  // namespace
}  // namespace outpost
