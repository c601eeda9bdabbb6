#include "base/json_writer.hpp"

#include <cmath>
#include <limits>

namespace outpost {
namespace {

std::string quoted(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

TEST(JsonWriter, EscapesAsTheReferenceDoes) {  // api.md §5.3
    EXPECT_EQ(quoted("plain"), R"("plain")");
    EXPECT_EQ(quoted("\"\\\n\r\t"), R"("\"\\\n\r\t")");
    EXPECT_EQ(quoted("<a&b>"), R"("\u003ca\u0026b\u003e")");
    EXPECT_EQ(quoted("\x01\x1f\x7f"), "\"\\u0001\\u001f\x7f\"");
    EXPECT_EQ(quoted("\xE2\x80\xA8\xE2\x80\xA9\xE2\x80\xAA"), "\"\\u2028\\u2029\xE2\x80\xAA\"");
    EXPECT_EQ(quoted("\xC3\xBC\xFFz"), "\"\xC3\xBC\xEF\xBF\xBDz\"");
    EXPECT_EQ(quoted(std::string_view("\0", 1)), R"("\u0000")");
}

TEST(JsonWriter, PlacesCommas) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.member("a", 1);
    json.key("b");
    json.begin_array();
    json.value("x");
    json.value(true);
    json.null();
    json.begin_object();
    json.end_object();
    json.begin_array();
    json.end_array();
    json.end_array();
    json.raw_member("c", "{\"z\":1}");
    json.member("t", from_unix_ms(1704067200000));
    json.end_object();
    EXPECT_EQ(out, R"({"a":1,"b":["x",true,null,{},[]],"c":{"z":1},"t":"2024-01-01T00:00:00Z"})");
}

TEST(JsonWriter, AppendsToWhatIsThere) {
    std::string out = "data: ";
    JsonWriter(out).value("x");
    EXPECT_EQ(out, "data: \"x\"");
}

TEST(JsonWriter, WritesNumbersAsTheReferenceDoes) {
    const std::vector<std::pair<double, std::string>> numbers{{0, "0"},
                                                              {1, "1"},
                                                              {-2.5, "-2.5"},
                                                              {0.1, "0.1"},
                                                              {100000, "100000"},
                                                              {1e6, "1000000"},
                                                              {1e20, "100000000000000000000"},
                                                              {1e21, "1e+21"},
                                                              {1e-6, "0.000001"},
                                                              {1e-7, "1e-7"},
                                                              {1.5e-10, "1.5e-10"},
                                                              {-1.25e300, "-1.25e+300"},
                                                              {std::numeric_limits<double>::infinity(), "null"},
                                                              {std::nan(""), "null"}};
    for (const auto& [number, text] : numbers) {
        std::string out;
        JsonWriter(out).value(number);
        EXPECT_EQ(out, text);
    }
}

TEST(JsonWriter, WritesTheEndsOfTheIntegers) {
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    json.value(std::numeric_limits<std::int64_t>::min());
    json.value(std::numeric_limits<std::uint64_t>::max());
    json.end_array();
    EXPECT_EQ(out, "[-9223372036854775808,18446744073709551615]");
}

}  // namespace
}  // namespace outpost
