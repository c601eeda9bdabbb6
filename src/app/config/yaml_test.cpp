#include "app/config/yaml.hpp"

namespace outpost::app {
namespace {

using Shape = RawValue::Shape;

TEST(Yaml, IsFlattenedToDottedPaths) {
    const auto values =
        parse_yaml("a: 1\nb:\n  c:\n    d: \"\"\n  e: [x, 2]\nf:\ng: {}\nh: ~\ni: [[1]]\n---\nz: second\n");
    ASSERT_TRUE(values.has_value()) << values.error().text();
    struct Row {
        std::string name;
        Shape shape;
        std::string text;
        int line;
        bool operator==(const Row&) const = default;
    };
    std::vector<Row> rows;
    for (const RawValue& value : *values) rows.push_back({value.name, value.shape, value.text, value.line});
    const std::vector<Row> expected = {{"a", Shape::text, "1", 1},  {"b.c.d", Shape::text, "", 4},
                                       {"b.e", Shape::list, "", 5}, {"f", Shape::null, "", 6},
                                       {"g", Shape::null, "", 7},   {"h", Shape::null, "", 8},
                                       {"i", Shape::odd, "", 9}};
    EXPECT_TRUE(rows == expected);
    EXPECT_EQ((*values)[2].items, (std::vector<std::string>{"x", "2"}));
}

TEST(Yaml, MayHoldNothing) {
    for (const char* text : {"# only a comment\n", "---\n", "~\n"}) EXPECT_TRUE(parse_yaml(text)->empty()) << text;
}

TEST(Yaml, MistakesNameTheLine) {
    const std::map<std::string, std::string> kMistakes = {
        {"a: 1\nb: [", "yaml: line "},
        {"a: 1\na: 2\n", "yaml: line 2: mapping key \"a\" already defined"},
        {"a:\n  b: 1\n  b: 2\n", "yaml: line 3: mapping key \"b\" already defined in a"},
        {"just a text", "yaml: line 1: settings are expected"},
        {"[1]: 2\n", "yaml: line 1: a key must be a text"},
    };
    for (const auto& [text, message] : kMistakes) {
        const auto values = parse_yaml(text);
        ASSERT_FALSE(values.has_value()) << text;
        EXPECT_TRUE(values.error().text().starts_with(message)) << values.error().text();
    }
}

TEST(Yaml, IsBounded) {
    std::string deep;
    for (int depth = 0; depth < kYamlDepthMax; ++depth)
        deep += std::string(static_cast<std::size_t>(depth), ' ') + "a:\n";
    EXPECT_TRUE(parse_yaml(deep).has_value());
    deep.clear();
    for (int depth = 0; depth <= kYamlDepthMax; ++depth)
        deep += std::string(static_cast<std::size_t>(depth), ' ') + "a:\n";
    EXPECT_EQ(parse_yaml(deep).error().code(), Errc::corrupt);

    std::string bomb = "x0: &x0 {a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8}\n";
    for (int level = 1; level < 8; ++level) {
        bomb += fmt::format("x{0}: &x{0} {{a: *x{1}, b: *x{1}, c: *x{1}, d: *x{1}, e: *x{1}, f: *x{1}}}\n", level,
                            level - 1);
    }
    const auto values = parse_yaml(bomb);
    ASSERT_FALSE(values.has_value());
    EXPECT_NE(values.error().text().find("too many values"), std::string::npos);
}

}  // namespace
}  // namespace outpost::app
