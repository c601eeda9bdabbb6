#include "app/config/dotenv.hpp"

namespace outpost::app {
namespace {

using Variables = std::map<std::string, std::string>;

struct Case {
    const char* text;
    Variables variables;
};

class Dotenv : public testing::TestWithParam<Case> {};

TEST_P(Dotenv, ReadsWhatTheReferenceReads) {  // config.md §1.3
    const auto parsed = parse_dotenv(GetParam().text);
    ASSERT_TRUE(parsed.has_value()) << GetParam().text << ": " << parsed.error().text();
    EXPECT_EQ(*parsed, GetParam().variables) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Forms, Dotenv,
    testing::Values(
        Case{"", {}}, Case{"# nothing\n\n   \n  # more", {}}, Case{"A=1\nB=2", {{"A", "1"}, {"B", "2"}}},
        Case{"A: 1", {{"A", "1"}}}, Case{"export A=1", {{"A", "1"}}}, Case{"exported=1", {{"exported", "1"}}},
        Case{"  A =  1  \r\n", {{"A", "1"}}}, Case{"a.b_1=x", {{"a.b_1", "x"}}},
        Case{"A=\nB=2", {{"A", ""}, {"B", "2"}}}, Case{"A=1\nA=2", {{"A", "2"}}}, Case{"A=x=y", {{"A", "x=y"}}},
        Case{"\xEF\xBB\xBF"
             "A=1",
             {{"A", "1"}}},
        // Comments: after white space; of several marks the last one begins it.
        Case{"A=1 # one", {{"A", "1"}}}, Case{"A=1#one", {{"A", "1#one"}}}, Case{"A=1 # one # two", {{"A", "1 # one"}}},
        Case{"A= # only", {{"A", ""}}}, Case{"A='1' # one\nB=2", {{"A", "1"}, {"B", "2"}}},
        // Quotes.
        Case{"A='a $B \\n \"'", {{"A", "a $B \\n \""}}}, Case{"A='two\nlines'\nB=1", {{"A", "two\nlines"}, {"B", "1"}}},
        Case{R"(A="a\nb\rc\td\"e\\f")", {{"A", "a\nb\rctd\"e\\f"}}},
        Case{"A=\"# not a comment\"", {{"A", "# not a comment"}}}, Case{"A=''", {{"A", ""}}},
        Case{"A=it's", {{"A", "it's"}}},
        // Earlier variables.
        Case{"A=1\nB=$A-${A}x", {{"A", "1"}, {"B", "1-1x"}}}, Case{"B=$A\nA=1", {{"A", "1"}, {"B", ""}}},
        Case{"A=1\nB=\"$A\"\nC='$A'", {{"A", "1"}, {"B", "1"}, {"C", "$A"}}}, Case{R"(A=\$B)", {{"A", "$B"}}},
        Case{R"(A="\$B")", {{"A", "$B"}}}, Case{"A=5$", {{"A", "5$"}}}, Case{"A=$lower", {{"A", "$lower"}}},
        Case{R"(A=c:\new)", {{"A", "c:\\new"}}}));

TEST(DotenvMistakes, NameTheLine) {
    const std::map<std::string, std::string> kMistakes = {
        {"A=1\nnot a line\n", "line 2: KEY=value is expected"},
        {"=1", "line 1: KEY=value is expected"},
        {"A-B=1", "line 1: KEY=value is expected"},
        {"A=1\n\nB='open", "line 3: a quoted value does not end"},
        {"A=\"open\\\"", "line 1: a quoted value does not end"},
        {"A=\"open\\", "line 1: a quoted value does not end"},
        {"A='1'2", "line 1: there is something after a quoted value"},
    };
    for (const auto& [text, message] : kMistakes) {
        const auto parsed = parse_dotenv(text);
        ASSERT_FALSE(parsed.has_value()) << text;
        EXPECT_EQ(parsed.error().text(), message) << text;
    }
}

}  // namespace
}  // namespace outpost::app
