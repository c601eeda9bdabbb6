#include "model/template.hpp"

namespace outpost::model {
namespace {

// 2024-06-01T08:23:36Z, the instant of destinations.md §13.
const TimePoint kTime = from_unix_ms(1'717'230'216'000);
constexpr std::size_t kOutputMax = 1000;

TemplateData sample() {
    return {{"EventID", Bytes("evt_123")},
            {"Topic", Bytes("user.created")},
            {"Timestamp", kTime},
            {"Body", Bytes("{\"a\":1}")},
            {"Empty", Bytes()},
            {"None", TemplateList()},
            {"Signatures", TemplateList{Bytes("one"), Bytes("two"), Bytes("three")}}};
}

std::string render(std::string_view text) {
    const auto parsed = Template::parse(text);
    if (!parsed) return "parse: " + parsed.error().text();
    const auto rendered = parsed->render(sample(), kOutputMax);
    return rendered ? *rendered : "render: " + rendered.error().text();
}

struct Case {
    std::string_view text;
    std::string_view result;
};

class TemplateResult : public testing::TestWithParam<Case> {};

TEST_P(TemplateResult, IsWhatGoRenders) {
    EXPECT_EQ(render(GetParam().text), GetParam().result) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(TextAndFields, TemplateResult,
                         testing::Values(Case{"", ""}, Case{"plain } { text", "plain } { text"},
                                         Case{"{{.Body}}", "{\"a\":1}"},
                                         Case{"{{.EventID}}|{{ .Topic }}|{{.Body}}", "evt_123|user.created|{\"a\":1}"},
                                         Case{"{{\"a\\tb\\x41\\u00e9\\101\"}}", "a\tbA\u00e9A"},
                                         Case{"{{`raw \\n {{ }}`}}", "raw \\n {{ }}"}, Case{"{{\"}}\"}}", "}}"},
                                         Case{"{{true}} {{false}} {{-7}}", "true false -7"},
                                         Case{"{{-7}} {{+7}}", "-7 7"}, Case{"{{.Signatures}}", "[one two three]"},
                                         Case{"a{{/* comment }} */}}b", "ab"},
                                         Case{"a {{- /* comment */ -}} b", "ab"}));

INSTANTIATE_TEST_SUITE_P(Trimming, TemplateResult,
                         testing::Values(Case{"a  {{- .EventID -}} \n b", "aevt_123b"},
                                         Case{"a {{.EventID -}}\t b", "a evt_123b"},
                                         Case{"a {{- .EventID}} b", "aevt_123 b"},
                                         Case{"{{.EventID -}}   {{- .Topic}}", "evt_123user.created"}));

INSTANTIATE_TEST_SUITE_P(
    Timestamp, TemplateResult,
    testing::Values(Case{"{{.Timestamp.Unix}}", "1717230216"}, Case{"{{.Timestamp.UTC.Unix}}", "1717230216"},
                    Case{"{{.Timestamp.UnixMilli}}", "1717230216000"},
                    Case{"{{.Timestamp.UnixNano}}", "1717230216000000000"},
                    Case{"{{.Timestamp.Format \"2006-01-02T15:04:05Z07:00\"}}", "2024-06-01T08:23:36Z"},
                    Case{"{{\"2006\" | .Timestamp.Format}}", "2024"},
                    Case{"{{.Timestamp}}", "2024-06-01 08:23:36 +0000 UTC"}));

INSTANTIATE_TEST_SUITE_P(Pipelines, TemplateResult,
                         testing::Values(Case{"v0={{.Signatures | join \",\"}}", "v0=one,two,three"},
                                         Case{"{{join \" v1,\" .Signatures}}", "one v1,two v1,three"},
                                         Case{"{{.Topic | upper | lower | toString | len}}", "12"},
                                         Case{"{{(index .Signatures 1) | upper}}", "TWO"},
                                         Case{"{{print (len (slice .Topic 5)) \"!\"}}", "7!"}));

INSTANTIATE_TEST_SUITE_P(
    Blocks, TemplateResult,
    testing::Values(Case{"{{if .Topic}}yes{{else}}no{{end}}", "yes"}, Case{"{{if .Empty}}yes{{else}}no{{end}}", "no"},
                    Case{"{{if .Empty}}yes{{end}}", ""},
                    Case{"{{if .Empty}}a{{else if eq .Topic \"user.created\"}}b{{else}}c{{end}}d", "bd"},
                    Case{"{{if .Empty}}a{{else if .None}}b{{else}}c{{end}}d", "cd"},
                    Case{"{{range .Signatures}}<{{.}}>{{end}}", "<one><two><three>"},
                    Case{"{{range .None}}x{{else}}none{{end}}", "none"},
                    Case{"{{with .Topic}}[{{.}}]{{end}}", "[user.created]"},
                    Case{"{{with .Empty}}x{{else}}nothing{{end}}", "nothing"},
                    Case{"{{with .Empty}}x{{else with .EventID}}{{.}}{{end}}", "evt_123"},
                    Case{"{{with .Timestamp}}{{.Unix}}{{end}}", "1717230216"},
                    Case{"{{range .Signatures}}{{if eq . \"two\"}}2{{else}}-{{end}}{{end}}", "-2-"},
                    // `and` must not look at the second argument here.
                    Case{"{{if and .None (index .None 0)}}x{{else}}none{{end}}", "none"},
                    Case{"{{or .Empty .Topic \"x\"}}", "user.created"}));

INSTANTIATE_TEST_SUITE_P(
    RefusedAtParse, TemplateResult,
    testing::Values(Case{"{{$x := 1}}", "parse: variables ($) are not supported"},
                    Case{"{{range $i, $s := .Signatures}}{{end}}", "parse: variables ($) are not supported"},
                    Case{"{{env \"HOME\"}}", "parse: function \"env\" is not supported"},
                    Case{"{{.Body | expandenv}}", "parse: function \"expandenv\" is not supported"},
                    Case{"{{define \"x\"}}{{end}}", "parse: {{define}} is not supported"},
                    Case{"{{template \"x\"}}", "parse: {{template}} is not supported"},
                    Case{"{{range .Signatures}}{{break}}{{end}}", "parse: {{break}} is not supported"},
                    Case{"{{'a'}}", "parse: character constants are not supported"},
                    Case{"{{1.5}}", "parse: number 1.5 is not supported: only decimal integers"},
                    Case{"{{0x10}}", "parse: number 0x10 is not supported: only decimal integers"},
                    Case{"{{printf \"%5d\" 1}}", "parse: printf: %5 is not supported: only %s %d %v %x %q %%"},
                    Case{"{{printf \"%\"}}", "parse: printf: the format ends with %"},
                    Case{"{{.Body", "parse: unclosed action"}, Case{"{{\"abc}}", "parse: unterminated quoted string"},
                    Case{"{{`abc}}", "parse: unterminated raw quoted string"},
                    Case{"{{/* abc }}", "parse: unclosed comment"}, Case{"{{}}", "parse: missing value for command"},
                    Case{"{{end}}", "parse: unexpected {{end}}"}, Case{"{{else}}", "parse: unexpected {{else}}"},
                    Case{"{{if .Body}}", "parse: unexpected end of template: {{end}} is missing"},
                    Case{"{{if .Body}}{{else}}{{else}}{{end}}", "parse: unexpected {{else}}"},
                    Case{"{{(.Body}}", "parse: unclosed left parenthesis"},
                    Case{"{{.Body)}}", "parse: unexpected \")\" in action"},
                    Case{"{{upper}}", "parse: wrong number of arguments for upper: want 1 to 1, got 0"},
                    Case{"{{.Body | join}}", "parse: wrong number of arguments for join: want 2 to 2, got 1"},
                    Case{"{{.Body .Topic}}", "parse: can't give an argument to .Body: it is no method"},
                    Case{"{{.Topic | \"x\"}}", "parse: can't give an argument to something that is no function"},
                    Case{"{{.Body | }}", "parse: missing value for command"},
                    Case{"{{99999999999999999999}}", "parse: number 99999999999999999999 is too large"}));

INSTANTIATE_TEST_SUITE_P(
    RefusedWhenRendered, TemplateResult,
    testing::Values(Case{"{{.Secret}}", "render: can't evaluate field Secret"},
                    Case{"{{.Body.Length}}", "render: can't evaluate .Body.Length: no such field"},
                    Case{"{{.}}", "render: the dot holds all fields: name one of them"},
                    Case{"{{range .Signatures}}{{.Topic}}{{end}}", "render: can't evaluate .Topic: no such field"},
                    Case{"{{.Timestamp.Local}}", "render: method Local of a time is not supported"},
                    Case{"{{.Timestamp.Format}}", "render: Format needs one layout"},
                    Case{"{{range .Topic}}{{end}}", "render: range can only go over a list"},
                    Case{"{{index .Signatures 3}}", "render: index out of range: 3"}));

TEST(Template, RefusesTooMuchNesting) {
    std::string blocks;
    for (std::size_t i = 0; i < kTemplateDepthMax + 1; ++i) blocks += "{{if .Body}}";
    EXPECT_EQ(Template::parse(blocks).error().text(), "blocks are nested too deeply");
    const std::string parentheses = "{{" + std::string(kTemplateDepthMax + 1, '(') + "1";
    EXPECT_EQ(Template::parse(parentheses + "}}").error().text(), "parentheses are nested too deeply");
    EXPECT_FALSE(Template::parse(std::string(kTemplateBytesMax + 1, 'x')).has_value());
}

TEST(Template, StopsAtTheLimitOfItsOutput) {
    const auto text = Template::parse("{{range .Signatures}}" + std::string(334, 'x') + "{{end}}");
    ASSERT_TRUE(text.has_value());
    EXPECT_EQ(text->render(sample(), 1001).error().code(), Errc::limited);
    EXPECT_EQ(text->render(sample(), 1002)->size(), 1002u);
}

// hard-cases.md 73: each step would make the text eight times as long.
TEST(Template, StopsATextThatGrowsOnTheWay) {
    std::string bomb = "{{\"aaaaaaaa\"";
    for (int i = 0; i < 40; ++i) bomb += " | replace \"a\" \"aaaaaaaa\"";
    const auto text = Template::parse(bomb + " | len}}");
    ASSERT_TRUE(text.has_value());
    EXPECT_EQ(text->render(sample(), kOutputMax).error().code(), Errc::limited);
}

TEST(Template, StopsAfterTooManySteps) {
    TemplateList many(400, Bytes("x"));
    const TemplateData data = {{"Many", many}};
    const auto text = Template::parse("{{range .Many}}{{end}}");
    EXPECT_TRUE(text->render(data, kOutputMax).has_value());
    // The inner dot is a text, so the inner loop needs a list made from a constant field: repeat the outer one.
    std::string often;
    for (int i = 0; i < 300; ++i) often += "{{range .Many}}{{end}}";
    EXPECT_EQ(Template::parse(often)->render(data, kOutputMax).error().code(), Errc::limited);
}

TEST(Template, KnowsWhenItIsOneField) {
    EXPECT_EQ(Template::parse("{{.Body}}")->only_field(), "Body");
    EXPECT_EQ(Template::parse("{{ .Body }}")->only_field(), "Body");
    for (const auto* other : {"", "x{{.Body}}", "{{.Body}}x", "{{.Body | upper}}", "{{.Timestamp.Unix}}", "{{.}}",
                              "{{\"Body\"}}", "{{(.Body)}}", "{{upper .Body}}"})
        EXPECT_EQ(Template::parse(other)->only_field(), std::nullopt) << other;
    EXPECT_EQ(Template().only_field(), std::nullopt);
}

}  // namespace
}  // namespace outpost::model
