#include "model/jmespath.hpp"

#include "base/json.hpp"

#include <gtest/gtest.h>

namespace outpost::model {
namespace {

const json::value kDocument = *parse_json(
    R"({"a":{"b":"x","c-d":5},"list":[1,"a",[2,3],"z"],"nums":[1,2,3],"nested":[[{"v":1},{"v":2}],[{"v":3}]],)"
    R"("people":[{"name":"ann","age":18,"tags":["t1","t2"]},{"name":"bob","age":25},{"name":"cid","age":40}]})");

/// The result's text, "null", or the kind of failure.
std::string text(std::string_view expression, const json::value& document) {
    const auto parsed = JmesPath::parse(expression);
    if (!parsed) return "parse: " + std::string(to_string(parsed.error().code()));
    const auto result = parsed->text(document);
    if (!result) return "evaluate: " + std::string(to_string(result.error().code()));
    return result->value_or("null");
}

struct Case {
    std::string_view expression;
    std::string_view json;
};

// Each was compared with the reference library of the language.
constexpr Case kCases[] = {
    {R"x(a.b)x", R"x("x")x"},
    {R"x(a."c-d")x", R"x(5)x"},
    {R"x(list[0])x", R"x(1)x"},
    {R"x(list[-1])x", R"x("z")x"},
    {R"x(list[9])x", R"x(null)x"},
    {R"x(list[1:3])x", R"x(["a",[2,3]])x"},
    {R"x(list[::-1])x", R"x(["z",[2,3],"a",1])x"},
    {R"x(list[:-2])x", R"x([1,"a"])x"},
    {R"x(list[10:0:-2])x", R"x(["z","a"])x"},
    {R"x(people[*].name)x", R"x(["ann","bob","cid"])x"},
    {R"x(people[?age > `20`].name)x", R"x(["bob","cid"])x"},
    {R"x(people[?name == 'bob'] | [0].age)x", R"x(25)x"},
    {R"x(people[?age >= `20` && name != 'cid'].name | [0])x", R"x("bob")x"},
    {R"x(people[?!(age < `30`)].name)x", R"x(["cid"])x"},
    {R"x(nested[].v)x", R"x([1,2,3])x"},
    {R"x(nested[][])x", R"x([{"v":1},{"v":2},{"v":3}])x"},
    {R"x(a.*)x", R"x(["x",5])x"},
    {R"x(*.b)x", R"x(["x"])x"},
    {R"x([a.b, list[0]])x", R"x(["x",1])x"},
    {R"x({k: a.b, n: `7`})x", R"x({"k":"x","n":7})x"},
    {R"x(a.{x: b})x", R"x({"x":"x"})x"},
    {R"x(missing || a.b)x", R"x("x")x"},
    {R"x(a.b && list[0])x", R"x(1)x"},
    {R"x(!missing)x", R"x(true)x"},
    {R"x(!a)x", R"x(false)x"},
    {R"x(@.a.b)x", R"x("x")x"},
    {R"x('it\'s')x", R"x("it's")x"},
    {R"x(`"lit"`)x", R"x("lit")x"},
    {R"x(`[1, {"a": null}]`)x", R"x([1,{"a":null}])x"},
    {R"x(abs(`-3`))x", R"x(3)x"},
    {R"x(avg(nums))x", R"x(2)x"},
    {R"x(ceil(`1.2`))x", R"x(2)x"},
    {R"x(floor(`1.9`))x", R"x(1)x"},
    {R"x(sum(nums))x", R"x(6)x"},
    {R"x(max(nums))x", R"x(3)x"},
    {R"x(min(nums))x", R"x(1)x"},
    {R"x(contains('foobar', 'oob'))x", R"x(true)x"},
    {R"x(contains(list, 'a'))x", R"x(true)x"},
    {R"x(ends_with('abc', 'bc'))x", R"x(true)x"},
    {R"x(starts_with('abc', 'ab'))x", R"x(true)x"},
    {R"x(join('-', ['a', 'b']))x", R"x("a-b")x"},
    {R"x(keys(a))x", R"x(["b","c-d"])x"},
    {R"x(values(a))x", R"x(["x",5])x"},
    {R"x(length('üb'))x", R"x(2)x"},
    {R"x(length(list))x", R"x(4)x"},
    {R"x(map(&name, people))x", R"x(["ann","bob","cid"])x"},
    {R"x(max_by(people, &age).name)x", R"x("cid")x"},
    {R"x(min_by(people, &age).name)x", R"x("ann")x"},
    {R"x(sort_by(people, &name)[0].age)x", R"x(18)x"},
    {R"x(sort(['b', 'a']))x", R"x(["a","b"])x"},
    {R"x(merge(a, {b: `1`}))x", R"x({"b":1,"c-d":5})x"},
    {R"x(not_null(missing, a.b))x", R"x("x")x"},
    {R"x(reverse('aüb'))x", R"x("büa")x"},
    {R"x(reverse(nums))x", R"x([3,2,1])x"},
    {R"x(to_array('x'))x", R"x(["x"])x"},
    {R"x(to_number('12.5'))x", R"x(12.5)x"},
    {R"x(to_number('x'))x", R"x(null)x"},
    {R"x(to_string(`[1, 2]`))x", R"x("[1,2]")x"},
    {R"x(to_string('s'))x", R"x("s")x"},
    {R"x(type(a))x", R"x("object")x"},
    {R"x(type(missing))x", R"x("null")x"},
    {R"x(a.b.c.d)x", R"x(null)x"},
    {R"x(nums[?@ == `2`])x", R"x([2])x"},
    {R"x(people[].{n: name}[0:1])x", R"x([{"n":"ann"}])x"},
    {R"x(people[*].tags[])x", R"x(["t1","t2"])x"},
    {R"x(people[*].tags[0])x", R"x(["t1"])x"},
    {R"x(people[?contains(name, 'b')].name)x", R"x(["bob"])x"},
    {R"x(nums[*] > `1`)x", R"x(null)x"},
    {R"x(a.b == 'x')x", R"x(true)x"},
    {R"x(`1` == `1.0`)x", R"x(true)x"},
};

TEST(JmesPath, HasTheWholeLanguage) {  // destinations.md §1.11
    for (const Case& one : kCases)
        EXPECT_EQ(text(fmt::format("to_string([{}])", one.expression), kDocument), fmt::format("[{}]", one.json))
            << one.expression;
}

TEST(JmesPath, RefusesWhatIsNoExpression) {
    for (const char* bad :
         {"",         "a.",     "[0",    "a[",  "foo(",  "\"a",      "`{`",        "'x",
          "a b",      "a..b",   "[?a",   "{a}", "{a: b", "a[0:1:0]", "a[0:1:2:3]", "@(x)",
          "\"f\"(a)", "a[1.5]", "f(a,)", "a.[", "*a",    "a #",      "-",          "a[99999999999999999999]"})
        EXPECT_EQ(text(bad, kDocument), "parse: invalid") << bad;
}

TEST(JmesPath, FailsForWrongTypesAndUnknownFunctions) {
    for (const char* bad : {"abs('a')", "join(',', list)", "sum(list)", "nope(@)", "abs(nums)", "abs()",
                            "abs(`1`, `2`)", "sort(list)", "keys(list)", "length(`1`)", "&a", "map(a, nums)",
                            "type(&a)", "max_by(people, &tags)", "join('', [missing])"})
        EXPECT_EQ(text(bad, kDocument), "evaluate: invalid") << bad;
}

TEST(JmesPath, PrintsResultsAsGoDoes) {  // §13.7
    const auto printed = [](const char* value) { return text("v", *parse_json(fmt::format(R"({{"v":{}}})", value))); };
    EXPECT_EQ(printed("123"), "123");
    EXPECT_EQ(printed("100000"), "100000");
    EXPECT_EQ(printed("1000000"), "1e+06");
    EXPECT_EQ(printed("1234567"), "1.234567e+06");
    EXPECT_EQ(printed("123456789"), "1.23456789e+08");
    EXPECT_EQ(printed("123456.7"), "123456.7");
    EXPECT_EQ(printed("0.1"), "0.1");
    EXPECT_EQ(printed("0.0001"), "0.0001");
    EXPECT_EQ(printed("0.00001"), "1e-05");
    EXPECT_EQ(printed("-7"), "-7");
    EXPECT_EQ(printed("0"), "0");
    EXPECT_EQ(printed("1e300"), "1e+300");
    EXPECT_EQ(printed("9007199254740993"), "9.007199254740992e+15");
    EXPECT_EQ(printed("true"), "true");
    EXPECT_EQ(printed(R"(["a",1])"), "[a 1]");
    EXPECT_EQ(printed(R"([null,[1,2],{"k":false}])"), "[<nil> [1 2] map[k:false]]");
    EXPECT_EQ(printed(R"({"b":1,"a":"x"})"), "map[a:x b:1]");
    EXPECT_EQ(printed("null"), "null");
    EXPECT_EQ(printed("\"\""), "null");
    EXPECT_EQ(text("missing", kDocument), "null");
}

TEST(JmesPath, IsBounded) {
    EXPECT_EQ(text(std::string(1000, '(') + "a" + std::string(1000, ')'), kDocument), "parse: limited");
    EXPECT_EQ(text(std::string(2000, '!') + "a", kDocument), "parse: limited");
    std::string chain = "a";
    for (int i = 0; i < 1000; ++i) chain += ".a";
    EXPECT_EQ(text(chain, kDocument), "parse: limited");
    EXPECT_EQ(text(std::string(kJmesPathBytesMax + 1, 'a'), kDocument), "parse: limited");
    json::array many(2000, json::value(1));
    const json::value wide = json::object{{"n", many}};
    EXPECT_EQ(text("n[*].[@][].[@][].[@]", wide).starts_with("[["), true);
    EXPECT_EQ(text("map(&length(to_array(@)), n[*].n) | n[?contains($.n, @)]", wide), "parse: invalid");
    EXPECT_EQ(text("[n, n, n, n, n, n, n, n, n, n][].[@,@,@,@,@,@,@,@][][]", wide), "evaluate: limited");
    const json::value large = json::object{{"t", std::string(40'000, 'x')}};
    EXPECT_EQ(text("join('', [t, t])", large), "evaluate: limited");
}

}  // namespace
}  // namespace outpost::model
