#include "model/filter.hpp"

namespace outpost::model {
namespace {

Event make_event(std::string data) {
    Event event;
    event.id = EventId("e1");
    event.topic = "order.created";
    event.time = from_unix_ms(1704110400678);  // 2024-01-01T12:00:00.678Z
    event.metadata = {{"region", "eu"}, {"n", "1"}};
    event.data = Bytes(std::move(data));
    return event;
}

bool matches(std::string_view filter, std::string data = "{}") {
    const auto compiled = Filter::compile(filter);
    EXPECT_TRUE(compiled.has_value()) << filter << ": " << (compiled ? "" : compiled.error().text());
    const Event event = make_event(std::move(data));
    const FilterInput input(event);
    return compiled && compiled->matches(input);
}

/// `condition` on a field x that has `value`; an empty value: x is missing.
struct Row {
    std::string_view value;
    std::string_view condition;
    bool matches;
};

class FilterTable : public testing::TestWithParam<Row> {};

TEST_P(FilterTable, HoldsAndIsReversedByNotAtTheRoot) {
    const Row row = GetParam();
    const std::string data = row.value.empty() ? "{}" : fmt::format(R"({{"x":{}}})", row.value);
    const std::string filter = fmt::format(R"({{"data":{{"x":{}}}}})", row.condition);
    EXPECT_EQ(matches(filter, data), row.matches) << row.condition << " on " << row.value;
    EXPECT_EQ(matches(fmt::format(R"({{"$not":{}}})", filter), data), !row.matches) << "not " << row.condition;
}

// The numbers are those of pipeline.md.

INSTANTIATE_TEST_SUITE_P(Section62Scalars, FilterTable,
                         testing::Values(Row{"1", "1", true}, Row{"1.0", "1", true}, Row{"1e0", "1", true},
                                         Row{"1", "2", false}, Row{"1", R"("1")", false}, Row{R"("1")", "1", false},
                                         Row{R"("a")", R"("a")", true}, Row{R"("a")", R"("A")", false},
                                         Row{R"("a")", R"("\u0061")", true}, Row{"true", "true", true},
                                         Row{"true", "false", false}, Row{"true", "1", false}, Row{"0", "false", false},
                                         Row{"null", "null", true}, Row{"0", "null", false}, Row{"null", "0", false},
                                         Row{"", "null", false},  // null is not missing
                                         Row{R"("")", R"("")", true}, Row{R"("")", "null", false},
                                         Row{"9007199254740993", "9007199254740992", true},  // §3.5: doubles
                                         Row{"-5", "-5", true},
                                         Row{"18446744073709551615", "18446744073709551615", true},
                                         Row{R"({"a":1})", "1", false}, Row{"{}", "null", false}));

INSTANTIATE_TEST_SUITE_P(Section62ScalarOnArray, FilterTable,
                         testing::Values(Row{R"(["a","b"])", R"("b")", true}, Row{R"(["a","b"])", R"("c")", false},
                                         Row{"[]", R"("a")", false}, Row{"[[1],[[2]]]", "2", true},
                                         Row{"[null]", "null", true}, Row{"[]", "null", false},
                                         Row{R"([{"a":1}])", "1", false}));

INSTANTIATE_TEST_SUITE_P(
    Section62Lists, FilterTable,
    testing::Values(Row{R"(["a","b","c"])", R"(["c","a"])", true}, Row{R"(["a"])", R"(["a","b"])", false},
                    Row{R"(["a"])", "[]", true}, Row{"[]", "[]", true}, Row{R"(["a"])", R"(["a","a"])", true},
                    Row{R"("a")", R"(["a"])", false}, Row{R"({"a":1})", R"(["a"])", false}, Row{R"("a")", "[]", false},
                    Row{"", "[]", false}, Row{R"([{"a":1,"b":2},{"a":3}])", R"([{"a":3},{"b":2}])", true},
                    Row{"[1,5]", R"([{"$gt":4},{"$lt":2}])", true}, Row{"[1,3]", R"([{"$gt":4},{"$lt":2}])", false},
                    Row{"[[1,2],3]", "[[2]]", true}, Row{"[[1,2],3]", "[[3]]", false}));

INSTANTIATE_TEST_SUITE_P(
    Section62Objects, FilterTable,
    testing::Values(Row{R"({"a":1,"b":2})", R"({"a":1})", true}, Row{R"({"a":1})", R"({"a":1,"b":2})", false},
                    Row{R"({"a":{"b":1}})", R"({"a":{"b":1}})", true}, Row{R"("s")", R"({"a":1})", false},
                    Row{R"([{"a":1},{"a":2}])", R"({"a":2})", true},
                    Row{R"([{"a":1,"b":1},{"a":2,"b":2}])", R"({"a":1,"b":2})", false},
                    Row{R"([[{"a":1}]])", R"({"a":1})", true}, Row{R"([1,2])", R"({"a":1})", false},
                    Row{R"({"a":1})", "{}", true}, Row{"{}", "{}", true}, Row{"1", "{}", false},
                    Row{"null", "{}", false}, Row{R"([1,{}])", "{}", true}, Row{"[1]", "{}", false},
                    Row{"", "{}", false}, Row{R"({"a":null})", R"({"a":null})", true},
                    Row{R"({})", R"({"a":null})", false},
                    Row{R"({"a":1,"a":2})", R"({"a":2})", true}));  // the last duplicate wins

INSTANTIATE_TEST_SUITE_P(Section63Eq, FilterTable,
                         testing::Values(Row{"1", R"({"$eq":1})", true}, Row{"1", R"({"$eq":"1"})", false},
                                         Row{"null", R"({"$eq":null})", true}, Row{"", R"({"$eq":null})", false},
                                         Row{R"({"b":1,"a":[1,2]})", R"({"$eq":{"a":[1,2],"b":1.0}})", true},
                                         Row{R"({"a":1,"b":1})", R"({"$eq":{"a":1}})", false},
                                         Row{"[1,2]", R"({"$eq":[1,2]})", true},
                                         Row{"[2,1]", R"({"$eq":[1,2]})", false}, Row{"[1]", R"({"$eq":1})", false},
                                         Row{"1", R"({"$eq":[1]})", false},
                                         Row{R"({"$x":1})", R"({"$eq":{"$x":1}})", true},  // a literal, no filter
                                         Row{"1", R"({"$neq":2})", true}, Row{"1", R"({"$neq":1})", false},
                                         Row{"1", R"({"$neq":"1"})", true}, Row{"[1]", R"({"$neq":1})", true},
                                         Row{R"({"a":1})", R"({"$neq":{"a":1}})", false},
                                         Row{"", R"({"$neq":1})", false}));

INSTANTIATE_TEST_SUITE_P(
    Section63Order, FilterTable,
    testing::Values(Row{"150", R"({"$gte":100})", true}, Row{"50", R"({"$gte":100})", false},  // api.md case 102
                    Row{"100", R"({"$gte":100})", true}, Row{"100", R"({"$gt":100})", false},
                    Row{"100.5", R"({"$gt":100})", true}, Row{"100", R"({"$lte":100})", true},
                    Row{"100", R"({"$lt":100})", false}, Row{"-1", R"({"$lt":0})", true},
                    Row{R"("b")", R"({"$gt":"a"})", true}, Row{R"("B")", R"({"$gt":"a"})", false},
                    Row{R"("ab")", R"({"$gt":"a"})", true}, Row{R"("ü")", R"({"$gt":"z"})", true},  // bytewise
                    Row{R"("5")", R"({"$gt":1})", false}, Row{"5", R"({"$gt":"1"})", false},
                    Row{"null", R"({"$lt":1})", false}, Row{"true", R"({"$gt":0})", false},
                    Row{"[5]", R"({"$gt":1})", false}, Row{"", R"({"$gt":1})", false},
                    Row{"5", R"({"$gte":1,"$lte":9})", true}, Row{"10", R"({"$gte":1,"$lte":9})", false}));

INSTANTIATE_TEST_SUITE_P(
    Section63In, FilterTable,
    testing::Values(Row{R"("a")", R"({"$in":["b","a"]})", true}, Row{R"("c")", R"({"$in":["b","a"]})", false},
                    Row{"1", R"({"$in":["1",1.0]})", true}, Row{"1", R"({"$in":["1"]})", false},
                    Row{"true", R"({"$in":[true]})", true}, Row{"true", R"({"$in":[false,1]})", false},
                    Row{"null", R"({"$in":[null]})", true}, Row{"null", R"({"$in":[0]})", false},
                    Row{"1", R"({"$in":[]})", false}, Row{R"({"a":1})", R"({"$in":[{"a":1}]})", false},
                    Row{R"(["a"])", R"({"$in":["a"]})", false}, Row{R"("hello world")", R"({"$in":"lo w"})", true},
                    Row{R"("hello")", R"({"$in":"x"})", false}, Row{R"("hello")", R"({"$in":""})", true},
                    Row{R"("1")", R"({"$in":1})", false}, Row{R"(["a","b"])", R"({"$in":"b"})", true},
                    Row{R"(["ab"])", R"({"$in":"b"})", false}, Row{"[1,2]", R"({"$in":2})", true},
                    Row{"[null]", R"({"$in":null})", true}, Row{"1", R"({"$in":"1"})", false},
                    Row{"null", R"({"$in":"x"})", false}, Row{"", R"({"$in":["a"]})", false},
                    Row{"1", R"({"$nin":[2]})", true}, Row{"1", R"({"$nin":[1]})", false},
                    Row{R"("hello")", R"({"$nin":"x"})", true}, Row{R"("hello")", R"({"$nin":"ell"})", false},
                    Row{R"(["a"])", R"({"$nin":["b"]})", false},  // an error, not a negation
                    Row{"1", R"({"$nin":"x"})", false}, Row{R"({"a":1})", R"({"$nin":[1]})", false},
                    Row{"[1]", R"({"$nin":2})", true}, Row{"", R"({"$nin":["a"]})", false}));

INSTANTIATE_TEST_SUITE_P(
    Section63Affixes, FilterTable,
    testing::Values(
        Row{R"("hello")", R"({"$startsWith":"he"})", true}, Row{R"("hello")", R"({"$startsWith":"lo"})", false},
        Row{R"("hello")", R"({"$startsWith":""})", true}, Row{R"("hello")", R"({"$startsWith":["x","he"]})", true},
        Row{R"("hello")", R"({"$startsWith":["x","y"]})", false}, Row{R"("hello")", R"({"$startsWith":[]})", false},
        Row{R"("hello")", R"({"$startsWith":["he",1]})", true}, Row{R"("hello")", R"({"$startsWith":[1,"he"]})", false},
        Row{"1", R"({"$startsWith":"1"})", false}, Row{R"(["hello"])", R"({"$startsWith":"he"})", false},
        Row{R"("hello")", R"({"$endsWith":"lo"})", true}, Row{R"("hello")", R"({"$endsWith":"he"})", false},
        Row{R"("hello")", R"({"$endsWith":["x","lo"]})", true},
        Row{R"("a.pdf")", R"({"$startsWith":"a","$endsWith":".pdf"})", true}, Row{"", R"({"$endsWith":""})", false}));

INSTANTIATE_TEST_SUITE_P(
    Section63Exist, FilterTable,
    testing::Values(Row{"1", R"({"$exist":true})", true}, Row{"null", R"({"$exist":true})", true},
                    Row{"", R"({"$exist":true})", false}, Row{"1", R"({"$exist":false})", false},
                    Row{"null", R"({"$exist":false})", false}, Row{"", R"({"$exist":false})", true},
                    Row{"", R"({"$exist":false,"$eq":1})", true},  // the rest is ignored
                    Row{"", R"({"$or":[{"$exist":false},{"$eq":1}]})", false},
                    Row{"{}", R"({"y":{"$exist":false}})", true}, Row{R"({"y":0})", R"({"y":{"$exist":false}})", false},
                    Row{"1", R"({"y":{"$exist":false}})", false}, Row{"", R"({"y":{"$exist":false}})", false},
                    Row{R"([{"y":1},{}])", R"({"y":{"$exist":false}})", true}, Row{"[]", R"({"$exist":true})", true}));

INSTANTIATE_TEST_SUITE_P(
    DecisionB21, FilterTable,
    testing::Values(
        Row{R"("paid")", R"({"$not":{"$in":["cancelled","refunded"]}})", true},  // the documented example
        Row{R"("refunded")", R"({"$not":{"$in":["cancelled","refunded"]}})", false},
        Row{"", R"({"$not":{"$in":["cancelled"]}})", false},  // §6.4: a missing key fails everything else
        Row{R"("paid")", R"({"$not":"paid"})", false}, Row{R"("paid")", R"({"$not":"open"})", true},
        Row{R"({"a":1})", R"({"$not":{"a":1}})", false}, Row{R"({"a":1})", R"({"$not":{"a":2}})", true},
        Row{R"({"a":1})", R"({"$not":{"$eq":{"a":1}}})", false},
        Row{R"("s")", R"({"$not":{"$gt":1}})", true},                                                   // an error
        Row{R"("s")", R"({"$not":{"$not":"s"}})", true}, Row{R"(["a","b"])", R"({"$not":"a"})", true},  // some element
        Row{R"(["a"])", R"({"$not":"a"})", false}, Row{"5", R"({"$and":[{"$gt":1},{"$lt":9}]})", true},
        Row{"9", R"({"$and":[{"$gt":1},{"$lt":9}]})", false}, Row{"5", R"({"$and":[]})", true},
        Row{"[1,5]", R"({"$and":[{"$gt":4},{"$lt":9}]})", true},
        Row{"[1,9]", R"({"$and":[{"$gt":4},{"$lt":9}]})", false}, Row{"5", R"({"$or":[1,{"$gt":4}]})", true},
        Row{"3", R"({"$or":[1,{"$gt":4}]})", false}, Row{"3", R"({"$or":[]})", false},
        Row{R"("x")", R"({"$or":[{"$not":{"$in":["a"]}}]})", true},
        Row{"5", R"({"$or":[5],"$lt":4})", false},  // siblings
        Row{"5", R"({"$or":[5],"$gt":4})", true}, Row{"5", R"({"$or":[5],"$not":5})", false},
        Row{"5", R"({"$or":[5],"$and":[{"$lt":4}]})", false},
        Row{R"({"a":1,"b":2})", R"({"$or":[{"a":1}],"b":3})", false},
        Row{R"({"a":1,"b":2})", R"({"$or":[{"a":1}],"b":2})", true}, Row{"5", R"({"$gt":1,"$not":5})", false},
        Row{"5", R"({"$gt":1,"$not":6})", true}, Row{R"({"a":1})", R"({"$exist":true,"a":2})", false},
        Row{R"({"a":1})", R"({"$exist":true,"a":1})", true}, Row{R"(["a"])", R"({"$exist":true,"$or":["b"]})", false},
        Row{R"(["a","b"])", R"({"$exist":true,"$or":["b"]})", true},
        Row{R"({"a":1})", R"({"$or":[{"$exist":true}]})", true},
        Row{R"([{"k":1,"v":2},{"k":2,"v":1}])", R"({"$and":[{"k":1},{"v":1}]})", false},  // one element for all
        Row{R"([{"k":1},{"k":2}])", R"({"$or":[{"k":2},{"k":3}]})", true}));

INSTANTIATE_TEST_SUITE_P(Bytes, FilterTable,
                         testing::Values(Row{R"("\ud800")", R"("\ufffd")", true},  // decision A3
                                         Row{R"("\ud800x")", R"({"$endsWith":"x"})", true},
                                         Row{R"({"\udc00":1})", R"({"\ufffd":1})", true},
                                         Row{R"("a\u0000b")", R"({"$in":"\u0000"})", true},
                                         Row{"1e400", R"({"$gt":1e300})", true},
                                         Row{R"("\ud83d\ude00")", R"("😀")", true}));

struct Whole {
    std::string_view filter;
    bool matches;
};

TEST(Filter, SeesTheWholeDocument) {  // §6.1, §6.4
    const std::string data =
        R"({"type":"order","amount":5,"customer":{"tier":"gold"},"items":[{"sku":"a"},{"sku":"b"}]})";
    const std::vector<Whole> table{
        {"", true},
        {"null", true},
        {"{}", true},
        {R"({"id":"e1"})", true},
        {R"({"id":"e2"})", false},
        {R"({"topic":{"$startsWith":"order."}})", true},
        {R"({"metadata":{"region":"eu"}})", true},
        {R"({"metadata":{"region":"us"}})", false},
        {R"({"metadata":{"n":1}})", false},  // strings
        {R"({"metadata":{"none":{"$exist":false}}})", true},
        {R"({"data":{"type":"order","customer":{"tier":{"$in":["gold","silver"]}}}})", true},
        {R"({"data":{"items":{"sku":"b"}}})", true},
        {R"({"data":{"items":[{"sku":"b"},{"sku":"a"}]}})", true},
        {R"({"data":{"items":[{"sku":"c"}]}})", false},
        {R"({"tenant_id":{"$exist":false}})", true},
        {R"({"destination_id":""})", false},
        {R"({"eligible_for_retry":true})", false},
        {R"({"data":{"amount":{"$gte":5}},"topic":"other"})", false},  // implicit AND
        {R"({"$or":[{"topic":"other"},{"data":{"amount":5}}]})", true},
        {R"({"$or":[{"topic":"other"},{"data":{"amount":6}}]})", false},
        {R"({"$or":[]})", false},
        {R"({"$and":[]})", true},
        {R"({"$and":[{"id":"e1"},{"data":{"amount":5}}]})", true},
        {R"({"$and":[{"id":"e1"},{"data":{"amount":6}}]})", false},
        {R"({"$or":[{"id":"e1"}],"topic":"other"})", false},  // a root $or is ANDed with its siblings
        {R"({"$not":{"id":"e1"}})", false},
        {R"({"$not":{"id":"e2"},"topic":"other"})", false},
        {R"({"$not":{"id":"e2"},"topic":"order.created"})", true},
        {R"({"$not":{"data":{"status":{"$in":["x"]}}}})", true},  // missing: true, unlike at the field
        {R"({"$not":{"$not":{"id":"e1"}}})", true},
        {R"({"$not":{"data":{"type":{"$gt":1}}}})", true},  // an error inside $not
        {R"({"$exist":true})", false},                      // operators are only names at the root
        {R"({"$eq":{"id":"e1"}})", false},
        {R"({"$or":[{"$exist":true}]})", false},
        {R"({"$or":["e1",["e1"]]})", false},
        {R"({"$not":"e1"})", true},
        {R"({"unknown":{"a":1}})", false},
    };
    for (const Whole& row : table) EXPECT_EQ(matches(row.filter, data), row.matches) << row.filter;
}

TEST(Filter, ComparesTimesAsInstants) {  // decision B21; the event is of 2024-01-01T12:00:00.678Z
    const std::vector<Whole> table{
        {R"({"time":"2024-01-01T12:00:00Z"})", true},
        {R"({"time":"2024-01-01T14:00:00+02:00"})", true},
        {R"({"time":"2024-01-01T12:00:01Z"})", false},
        {R"({"time":{"$eq":"2024-01-01T12:00:00.678Z"}})", true},
        {R"({"time":{"$eq":"2024-01-01T12:00:00.5Z"}})", false},
        {R"({"time":{"$neq":"2024-01-01T13:00:00+01:00"}})", false},
        {R"({"time":{"$gt":"2024-01-01T13:30:00+02:00"}})", true},
        {R"({"time":{"$gt":"2024-01-01T12:00:00Z"}})", false},  // as precise as the operand
        {R"({"time":{"$gt":"2024-01-01T12:00:00.5Z"}})", true},
        {R"({"time":{"$gte":"2024-01-01T12:00:00Z"}})", true},
        {R"({"time":{"$lte":"2024-01-01T12:00:00Z"}})", true},
        {R"({"time":{"$lt":"2024-01-01T11:30:00-02:00"}})", true},
        {R"({"time":{"$gte":"2024-01-01","$lt":"2024-01-02"}})", true},  // not timestamps: texts
        {R"({"time":{"$in":["2024-01-01T13:00:00+01:00"]}})", true},
        {R"({"time":{"$nin":["2024-01-01T13:00:00+01:00","x"]}})", false},
        {R"({"time":{"$in":"T12:00"}})", true},
        {R"({"time":{"$startsWith":"2024-01"}})", true},
        {R"({"time":{"$or":["2024-01-01T14:00:00+02:00"]}})", true},
        {R"({"time":{"$not":"2024-01-01T14:00:00+02:00"}})", false},
        {R"({"$or":[{"time":{"$gt":"2024-01-01T13:30:00+02:00"}}]})", true},
        {R"({"time":{"$gt":1}})", false},
        {R"({"data":{"time":{"$eq":"2024-01-01T14:00:00+02:00"}}})", false},  // only the event's own time
    };
    for (const Whole& row : table) {
        EXPECT_EQ(matches(row.filter, R"({"time":"2024-01-01T12:00:00Z"})"), row.matches) << row.filter;
    }
}

struct Refused {
    std::string_view filter, text;
};

TEST(Filter, RefusesWhatCouldNeverBeMeant) {  // decision B21
    const std::vector<Refused> table{
        {"[]", "filter must be a JSON object"},
        {"\"x\"", "filter must be a JSON object"},
        {"{", "filter must be a JSON object"},
        {R"({"$foo":1})", "filter: unknown operator $foo"},
        {R"({"$ref":"x"})", "filter: unknown operator $ref"},
        {R"({"data":{"amount":{"$gte ":1}}})", "filter at data.amount: unknown operator $gte "},
        {R"({"data":{"a":[{"$regex":"x"}]}})", "filter at data.a: unknown operator $regex"},
        {R"({"$or":[{"data":{"a":{"$not":{"$EQ":1}}}}]})", "filter at data.a: unknown operator $EQ"},
        {R"({"$or":{"id":"e1"}})", "filter: $or needs an array"},
        {R"({"data":{"$and":1}})", "filter at data: $and needs an array"},
        {R"({"data":{"a":{"$gt":true}}})", "filter at data.a: $gt needs a string or a number"},
        {R"({"data":{"a":{"$lte":[1]}}})", "filter at data.a: $lte needs a string or a number"},
        {R"({"data":{"a":{"$startsWith":1}}})", "filter at data.a: $startsWith needs a string or an array of strings"},
        {R"({"data":{"a":{"$exist":"yes"}}})", "filter at data.a: $exist needs true or false"},
        {R"({"data":{"a":{"$lt":1e999}}})", "filter: a number is too large"},
        {R"({"data":{"a":[{"b":-1e999}]}})", "filter: a number is too large"},
        {R"({"data":{"a":{"$in":{"b":1}}}})", "filter at data.a: $in needs an array, or a value to look for"},
    };
    for (const Refused& row : table) {
        const auto compiled = Filter::compile(row.filter);
        ASSERT_FALSE(compiled.has_value()) << row.filter;
        EXPECT_EQ(compiled.error().code(), Errc::invalid);
        EXPECT_EQ(compiled.error().text(), row.text);
    }
}

std::string repeated(std::string_view start, std::string_view end, std::size_t count, std::string middle) {
    for (std::size_t i = 0; i < count; ++i) middle = std::string(start) + middle + std::string(end);
    return middle;
}

TEST(Filter, IsBoundedInDepthAndCount) {  // hard case T-72
    EXPECT_TRUE(Filter::compile(repeated(R"({"a":)", "}", kFilterDepthMax, "1")).has_value());
    const auto deep = Filter::compile(repeated(R"({"a":)", "}", kFilterDepthMax + 1, "1"));
    ASSERT_FALSE(deep.has_value());
    EXPECT_NE(deep.error().text().find("nested deeper than 32 levels"), std::string::npos);
    EXPECT_FALSE(Filter::compile(repeated(R"({"$not":)", "}", 100, "{}")).has_value());
    EXPECT_FALSE(Filter::compile(repeated(R"({"$or":[)", "]}", 60, "{}")).has_value());

    const auto wide = [](std::size_t count) {
        std::string list = "1";
        for (std::size_t i = 1; i < count; ++i) list += ",1";
        return R"({"data":[)" + list + "]}";
    };
    EXPECT_TRUE(Filter::compile(wide(kFilterNodesMax - 2)).has_value());
    EXPECT_EQ(Filter::compile(wide(kFilterNodesMax - 1)).error().text(), "filter: more than 1024 conditions");
    EXPECT_LT(Filter::compile(R"({")" + std::string(100'000, 'x') + R"(":{"$y":1}})").error().text().size(), 300U);
}

TEST(Filter, ALongInListCostsLittle) {
    std::string list = "0";
    for (int i = 1; i < 50'000; ++i) list += "," + std::to_string(i);
    EXPECT_TRUE(matches(R"({"data":{"x":{"$in":[)" + list + "]}}}", R"({"x":49999})"));
    EXPECT_FALSE(matches(R"({"data":{"x":{"$in":[)" + list + "]}}}", R"({"x":50000})"));
}

TEST(Filter, EvaluationThatTakesTooLongMatchesNothing) {  // hard case T-72
    std::string list = "0";
    for (int i = 1; i < 5'000; ++i) list += ",0";
    const std::string data = R"({"x":[)" + list + "]}";
    std::string wanted = "1";
    for (int i = 1; i < 500; ++i) wanted += "," + std::to_string(i);
    const std::string filter = R"({"data":{"x":{"$or":[)" + wanted + "]}}}";
    EXPECT_FALSE(matches(filter, data));
    EXPECT_FALSE(matches(R"({"$not":)" + filter + "}", data)) << "what was cut short is not negated";
    EXPECT_TRUE(matches(R"({"$not":{"data":{"x":1}}})", data));
}

TEST(Filter, AnEventWithoutReadableDataMatchesOnItsOtherParts) {
    EXPECT_TRUE(matches(R"({"id":"e1"})", ""));
    EXPECT_FALSE(matches(R"({"data":{}})", ""));
}

TEST(Filter, MatchesEverythingOnlyWhenItSaysNothing) {
    EXPECT_TRUE(Filter().matches_everything());
    EXPECT_TRUE(Filter::compile(" {} ")->matches_everything());
    EXPECT_TRUE(Filter::compile("null")->matches_everything());
    EXPECT_FALSE(Filter::compile(R"({"data":{}})")->matches_everything());
}

TEST(Filter, CopiesOutliveTheOriginal) {
    Filter copy;
    {
        const auto original = Filter::compile(R"({"id":"e1"})");
        ASSERT_TRUE(original.has_value());
        copy = *original;
    }
    const Event event = make_event("{}");
    const FilterInput input(event);
    EXPECT_TRUE(copy.matches(input));
    EXPECT_FALSE(copy.matches_everything());
}

}  // namespace
}  // namespace outpost::model
