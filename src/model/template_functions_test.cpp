#include "model/template_functions.hpp"

namespace outpost::model::templates {
namespace {

struct Case {
    std::string_view name;
    std::vector<TemplateValue> arguments;
    std::string_view printed;  ///< or the error behind "!"
};

TemplateValue text(const char* content) {
    return Bytes(std::string(content));
}
TemplateValue list(std::initializer_list<const char*> elements) {
    TemplateList made;
    for (const char* element : elements) made.emplace_back(std::string(element));
    return made;
}
TemplateValue number(std::int64_t value) {
    return value;
}

class TemplateFunction : public testing::TestWithParam<Case> {};

TEST_P(TemplateFunction, GivesWhatGoAndSprigGive) {
    const Function* function = find_function(GetParam().name);
    ASSERT_NE(function, nullptr) << GetParam().name;
    Budget budget{.bytes = 1000};
    const auto value = function->call(GetParam().arguments, budget);
    std::string printed;
    if (value) append_value(printed, *value);
    else printed = "!" + value.error().text();
    EXPECT_EQ(printed, GetParam().printed) << GetParam().name;
}

INSTANTIATE_TEST_SUITE_P(
    Texts, TemplateFunction,
    testing::Values(Case{"upper", {text("aZé9")}, "AZé9"}, Case{"lower", {text("aZ9[")}, "az9["},
                    Case{"trim", {text(" \t a b\n")}, "a b"}, Case{"trim", {text("  ")}, ""},
                    Case{"trim", {text("")}, ""}, Case{"trimPrefix", {text("whsec_"), text("whsec_a")}, "a"},
                    Case{"trimPrefix", {text("x"), text("whsec_a")}, "whsec_a"},
                    Case{"trimSuffix", {text("_a"), text("whsec_a")}, "whsec"},
                    Case{"replace", {text("a"), text("bb"), text("aXa")}, "bbXbb"},
                    Case{"replace", {text(""), text("b"), text("a")}, "!replace: an empty text can't be replaced"},
                    Case{"b64enc", {text("hi?")}, "aGk/"}, Case{"b64dec", {text("aGk/")}, "hi?"},
                    Case{"b64dec", {text("*")}, "!b64dec: not base64"},
                    Case{"sha1sum", {text("abc")}, "a9993e364706816aba3e25717850c26c9cd0d89d"},
                    Case{
                        "sha256sum", {text("abc")}, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
                    Case{"toString", {number(5)}, "5"}, Case{"toString", {text("t")}, "t"},
                    Case{"upper", {number(1)}, "!upper: a text expected"}));

INSTANTIATE_TEST_SUITE_P(
    Lists, TemplateFunction,
    testing::Values(Case{"join", {text(","), list({"a", "b"})}, "a,b"}, Case{"join", {text(","), list({})}, ""},
                    Case{"join", {text(","), text("x")}, "x"}, Case{"first", {list({"a", "b"})}, "a"},
                    Case{"last", {list({"a", "b"})}, "b"}, Case{"first", {list({})}, "<no value>"},
                    Case{"first", {text("a")}, "!first: a list expected"}, Case{"len", {list({"a", "b"})}, "2"},
                    Case{"len", {text("é")}, "2"}, Case{"len", {number(1)}, "!len: a text expected"},
                    Case{"index", {list({"a", "b"}), number(1)}, "b"}, Case{"index", {text("ab"), number(1)}, "98"},
                    Case{"index", {list({"a"}), number(-1)}, "!index out of range: -1"},
                    Case{"index", {list({"a"}), text("0")}, "!cannot index with anything but a whole number"},
                    Case{"slice", {text("abcd"), number(1), number(3)}, "bc"}, Case{"slice", {text("abcd")}, "abcd"},
                    Case{"slice", {list({"a", "b", "c"}), number(1)}, "[b c]"},
                    Case{"slice", {text("abcd"), number(3), number(1)}, "!invalid slice index: 3 > 1"},
                    Case{"slice", {text("abcd"), number(5)}, "!index out of range: 5"}));

INSTANTIATE_TEST_SUITE_P(
    Printing, TemplateFunction,
    testing::Values(Case{"print", {text("a"), text("b"), number(1), number(2), text("c")}, "ab1 2c"},
                    Case{"print", {}, ""},
                    Case{"printf",
                         {text("%s-%d-%v-%x-%q-%%"), text("a"), number(7), true, text("hi"), text("a\"\n\x01")},
                         "a-7-true-6869-\"a\\\"\\n\\x01\"-%"},
                    Case{"printf", {text("%x %x"), number(255), number(-255)}, "ff -ff"},
                    Case{"printf", {text("%v"), list({"a", "b"})}, "[a b]"},
                    Case{"printf", {text("%d"), text("a")}, "!printf: %d does not fit its value"},
                    Case{"printf", {text("%s"), number(1)}, "!printf: %s does not fit its value"},
                    Case{"printf", {text("%s")}, "!printf: a value is missing"},
                    Case{"printf", {text("x"), number(1)}, "!printf: too many values"}));

INSTANTIATE_TEST_SUITE_P(Logic, TemplateFunction,
                         testing::Values(Case{"eq", {text("a"), text("a")}, "true"},
                                         Case{"eq", {text("a"), text("b"), text("a")}, "true"},
                                         Case{"eq", {number(1), number(2)}, "false"},
                                         Case{"eq", {number(1), text("1")}, "!incompatible types for comparison"},
                                         Case{"eq", {TemplateValue(), text("1")}, "false"},
                                         Case{"eq", {list({}), list({})}, "!eq: lists can't be compared"},
                                         Case{"ne", {text("a"), text("b")}, "true"}, Case{"not", {text("")}, "true"},
                                         Case{"not", {number(1)}, "false"}, Case{"default", {text("d"), text("")}, "d"},
                                         Case{"default", {text("d"), text("v")}, "v"},
                                         Case{"default", {text("d"), number(0)}, "d"},
                                         Case{"and", {number(1), text("x")}, "x"}));

TEST(TemplateFunctions, LeaveOutWhatReachesOutside) {
    for (const auto* name : {"env", "expandenv", "call", "getHostByName", "now", "html", ""})
        EXPECT_EQ(find_function(name), nullptr) << name;
}

TEST(TemplateFunctions, ChargeForWhatTheyMake) {
    Budget budget{.bytes = 3};
    const std::vector<TemplateValue> arguments = {text("abcd")};
    EXPECT_EQ(find_function("upper")->call(arguments, budget).error().code(), Errc::limited);
}

}  // namespace
}  // namespace outpost::model::templates
